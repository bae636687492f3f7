"""Tables: read, cleaned, typed, checked, cut in train, dev and test, and turned into a matrix. Notes 1.1, 1.9.

tables · schema · check are the doors; a row number in a message counts from 1 below the header.
"""
