"""Documents through the official client for Python: single calls, and its helpers for many documents."""

import asyncio
import unittest

from opensearchpy import ConflictError, NotFoundError, RequestError, helpers

from server import ClientTest, async_client

MAPPING = {"mappings": {"properties": {"title": {"type": "text"}, "year": {"type": "integer"}}}}


def movies(count, **fields):
    return [{"_index": "movies", "_id": str(year), "title": f"movie of {year}", "year": year, **fields} for year in range(count)]


class Documents(ClientTest):
    def setUp(self):
        super().setUp()
        self.client.indices.create(index="movies", body=MAPPING)

    def test_a_document_is_stored_read_changed_and_deleted(self):
        client = self.client
        stored = client.index(index="movies", id="1", body={"title": "Moneyball", "year": 2011}, refresh=True)
        self.assertEqual((stored["result"], stored["_version"], stored["_seq_no"]), ("created", 1, 0))
        self.assertTrue(client.exists(index="movies", id="1"))
        read = client.get(index="movies", id="1")
        self.assertEqual(read["_source"], {"title": "Moneyball", "year": 2011})
        self.assertEqual(client.get_source(index="movies", id="1")["year"], 2011)
        changed = client.update(index="movies", id="1", body={"doc": {"year": 2012}}, _source=True)
        self.assertEqual(changed["get"]["_source"], {"title": "Moneyball", "year": 2012})
        same = client.update(index="movies", id="1", body={"doc": {"year": 2012}})
        self.assertEqual(same["result"], "noop")
        found = client.search(index="movies", body={"query": {"match": {"title": "moneyball"}}}, version=True)
        self.assertEqual(found["hits"]["hits"][0]["_version"], 2)
        self.assertEqual(client.delete(index="movies", id="1")["result"], "deleted")
        with self.assertRaises(NotFoundError):
            client.get(index="movies", id="1")
        with self.assertRaises(NotFoundError):
            client.update(index="movies", id="1", body={"doc": {"year": 1}})
        generated = client.index(index="movies", body={"title": "without an id"})
        self.assertEqual(client.mget(index="movies", body={"ids": [generated["_id"]]})["docs"][0]["found"], True)

    def test_conflicts_are_told(self):
        client = self.client
        client.create(index="movies", id="1", body={"year": 1})
        with self.assertRaises(ConflictError):
            client.create(index="movies", id="1", body={"year": 2})
        read = client.get(index="movies", id="1")
        seen = {"if_seq_no": read["_seq_no"], "if_primary_term": read["_primary_term"]}
        client.index(index="movies", id="1", body={"year": 2}, **seen)
        with self.assertRaises(ConflictError):
            client.index(index="movies", id="1", body={"year": 3}, **seen)
        with self.assertRaises(ConflictError):
            client.delete(index="movies", id="1", **seen)
        client.index(index="movies", id="1", body={"year": 4}, version=7, version_type="external")
        with self.assertRaises(ConflictError):
            client.index(index="movies", id="1", body={"year": 5}, version=7, version_type="external")
        with self.assertRaises(RequestError) as mistake:
            client.index(index="movies", id="1", body={"year": "x"})
        self.assertEqual(mistake.exception.error, "mapper_parsing_exception")

    def test_bulk(self):
        body = [
            {"index": {"_index": "movies", "_id": "1"}},
            {"year": 1},
            {"create": {"_index": "movies", "_id": "1"}},
            {"year": 2},
            {"update": {"_index": "movies", "_id": "1"}},
            {"doc": {"title": "one"}},
            {"delete": {"_index": "movies", "_id": "2"}},
        ]
        answer = self.client.bulk(body=body, refresh=True)
        self.assertTrue(answer["errors"])
        statuses = [status["status"] for item in answer["items"] for status in item.values()]
        self.assertEqual(statuses, [201, 409, 200, 404])

    def test_helpers_write_and_read_many_documents(self):
        client = self.client
        self.assertEqual(helpers.bulk(client, movies(100)), (100, []))
        streamed = list(helpers.streaming_bulk(client, movies(100, again=True), chunk_size=30))
        self.assertEqual([succeeded for succeeded, _ in streamed], [True] * 100)
        parallel = helpers.parallel_bulk(client, movies(300, third=True), thread_count=4, chunk_size=25)
        self.assertEqual(sum(succeeded for succeeded, _ in parallel), 300)
        scanned = list(helpers.scan(client, index="movies", query={"query": {"match_all": {}}}, size=70))
        self.assertEqual(len({hit["_id"] for hit in scanned}), 300)
        self.assertEqual(client.count(index="movies")["count"], 300)
        copied = helpers.reindex(client, "movies", "copies", chunk_size=50)
        self.assertEqual((copied, client.count(index="copies")["count"]), ((300, 0), 300))
        failed = helpers.bulk(client, [{"_op_type": "create", **movies(1)[0]}], raise_on_error=False)
        self.assertEqual((failed[0], failed[1][0]["create"]["status"]), (0, 409))

    def test_documents_are_changed_by_query_and_copied(self):
        client = self.client
        helpers.bulk(client, movies(20), refresh=True)
        deleted = client.delete_by_query(index="movies", body={"query": {"range": {"year": {"lt": 5}}}}, refresh=True)
        self.assertEqual(deleted["deleted"], 5)
        updated = client.update_by_query(index="movies", body={"query": {"match_all": {}}}, conflicts="proceed", refresh=True)
        self.assertEqual((updated["updated"], client.get(index="movies", id="9")["_version"]), (15, 2))
        copied = client.reindex(body={"source": {"index": "movies"}, "dest": {"index": "copies"}}, refresh=True)
        self.assertEqual((copied["created"], client.count(index="copies")["count"]), (15, 15))
        self.assertEqual(client.indices.forcemerge(index="movies", max_num_segments=1)["_shards"]["failed"], 0)
        self.assertEqual(client.indices.refresh(index="movies")["_shards"]["failed"], 0)

    def test_the_asynchronous_client(self):
        async def write():
            async with async_client() as client:
                await client.index(index="movies", id="1", body={"year": 1})
                succeeded, _ = await helpers.async_bulk(client, movies(50))
                found = await client.search(index="movies", body={"query": {"match_all": {}}})
                return succeeded, found["hits"]["total"]["value"]

        self.assertEqual(asyncio.run(write()), (50, 50))


if __name__ == "__main__":
    unittest.main()
