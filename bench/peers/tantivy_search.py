"""Search the plain index once, print titles and facets.

Usage: tantivy_search.py INDEX QUERY CATEGORY
"""

import sys

import tantivy

FIELDS = ["title", "summary", "authors", "comment"]

folder, text, category = sys.argv[1:]
index = tantivy.Index.open(folder)
searcher = index.searcher()
words = index.parse_query(text, FIELDS, conjunction_by_default=True)
wanted = tantivy.Query.term_query(index.schema, "categories", category, "basic")
query = tantivy.Query.boolean_query([(tantivy.Occur.Must, words), (tantivy.Occur.Must, wanted)])
for score, address in searcher.search(query, 10).hits:
    print(f"{score:.2f} {searcher.doc(address).get_first('title')}")
facets = {name: {"terms": {"field": name, "size": 1000}} for name in ("categories", "year")}
for name, values in searcher.aggregate(query, facets).items():
    print(name, *(f"{bucket['key']} {bucket['doc_count']}" for bucket in values["buckets"]))
