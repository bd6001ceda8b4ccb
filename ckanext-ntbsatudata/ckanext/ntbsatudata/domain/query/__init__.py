"""What a user's query means: words and stems, Lucene and dismax syntax, synonyms, spelling, regions and periods.

Pure rules, the same for both search engines.
"""
