"""Graphs from elsewhere: Python functions over NumPy, SymPy expressions. Each framework is imported inside its own functions."""
