"""Values from files: arrays and numbers, read without ever running anything that a file holds.

regular    bytes of a regular file, nothing else
npy        NumPy's .npy and .npz, no pickles
tables     .csv and .txt
documents  .json
files      one door to all of them, by suffix
"""
