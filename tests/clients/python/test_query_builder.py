"""The classes for documents and searches of the client for Python."""

import unittest

from opensearchpy import A, Date, Document, FacetedSearch, Integer, Keyword, Search, TermsFacet, Text, connections

from server import URL, ClientTest


class Article(Document):
    title = Text(fields={"raw": Keyword()})
    tags = Keyword()
    lines = Integer()
    published = Date()

    class Index:
        name = "articles"


class Articles(FacetedSearch):
    index = "articles"
    doc_types = [Article]
    fields = ["title"]
    facets = {"tags": TermsFacet(field="tags")}


class QueryBuilder(ClientTest):
    def setUp(self):
        super().setUp()
        connections.create_connection(hosts=[URL])
        Article.init()
        for number in range(15):
            article = Article(meta={"id": number}, title=f"Article {number}", tags=["even" if number % 2 == 0 else "odd"], lines=number)
            article.save(refresh=True)

    def test_documents_are_saved_and_changed(self):
        article = Article.get(id="3")
        self.assertEqual((article.title, article.lines), ("Article 3", 3))
        article.update(lines=30)
        self.assertEqual(Article.get(id="3").lines, 30)
        article.delete()
        self.assertIsNone(Article.get(id="3", ignore=404))

    def test_searches_have_pages_facets_and_aggregations(self):
        search = Search(index="articles").filter("term", tags="even").sort("lines")[2:5]
        self.assertEqual([hit.lines for hit in search.execute()], [4, 6, 8])
        search = Search(index="articles").query("match", title="article")
        search.aggs.bucket("by_tag", A("terms", field="tags")).metric("lines", "max", field="lines")
        buckets = search.execute().aggregations.by_tag.buckets
        self.assertEqual({bucket.key: bucket.lines.value for bucket in buckets}, {"even": 14, "odd": 13})
        found = Articles("article", filters={"tags": "odd"}).execute()
        self.assertEqual((found.hits.total.value, dict((tag, count) for tag, count, _ in found.facets.tags)), (7, {"even": 8, "odd": 7}))
        self.assertEqual(len({hit.meta.id for hit in Search(index="articles").scan()}), 15)


if __name__ == "__main__":
    unittest.main()
