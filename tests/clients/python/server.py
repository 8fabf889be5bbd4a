"""The server that the tests talk to. `cargo xtask test clients` starts it, with an empty store."""

import os
import unittest

from opensearchpy import AsyncOpenSearch, OpenSearch

URL = os.environ["QUIDDITCH_URL"]


def client(**options):
    return OpenSearch(URL, **options)


def async_client(**options):
    return AsyncOpenSearch(URL, **options)


class ClientTest(unittest.TestCase):
    """Begins each test without indices, templates and scripts."""

    def setUp(self):
        self.client = client()
        self.client.indices.delete(index="*")
        self.client.indices.delete_index_template(name="*", ignore=404)
        self.client.cluster.delete_component_template(name="*", ignore=404)

    def tearDown(self):
        self.client.close()
