"""Search the plain Whoosh index once, print titles and facets.

Usage: whoosh_search.py INDEX QUERY CATEGORY
"""

import sys

from whoosh import index, qparser, query, sorting

folder, text, category = sys.argv[1:]
opened = index.open_dir(folder)
words = qparser.MultifieldParser(["title", "summary", "author", "comment"], opened.schema).parse(text)
facets = sorting.Facets()
facets.add_field("category", allow_overlap=True)
facets.add_field("year")
with opened.searcher() as searcher:
    wanted = query.Term("category", category)
    found = searcher.search(words, filter=wanted, limit=10, groupedby=facets, maptype=sorting.Count)
    for hit in found:
        print(f"{hit.score:.2f} {hit['title']}")
    for name in found.facet_names():
        print(name, *(f"{value} {count}" for value, count in found.groups(name).items()))
