"""The client of Elasticsearch 7, which asks the server whether it is Elasticsearch: `--product-header` answers that."""

import unittest

from elasticsearch import Elasticsearch, NotFoundError, RequestError

from server import URL, ClientTest


class ElasticsearchClient(ClientTest):
    def test_indices_aliases_and_templates(self):
        client = Elasticsearch(URL)
        indices = client.indices
        template = {"index_patterns": ["logs-*"], "template": {"aliases": {"logs": {}}}}
        indices.put_index_template(name="logs", body=template)
        self.assertEqual(indices.create(index="logs-1")["index"], "logs-1")
        self.assertEqual(list(indices.get_alias(name="logs")), ["logs-1"])
        with self.assertRaises(RequestError) as again:
            indices.create(index="logs-1")
        self.assertEqual(again.exception.error, "resource_already_exists_exception")
        indices.put_mapping(index="logs", body={"properties": {"level": {"type": "keyword"}}})
        self.assertEqual(client.count(index="logs")["count"], 0)
        indices.delete(index="logs-*")
        with self.assertRaises(NotFoundError):
            client.search(index="logs-1")
        client.close()


if __name__ == "__main__":
    unittest.main()
