"""Formulas set as TeX sets them, from committed glyph outlines: reading, boxes, outlines, and the pen that draws them."""
