"""The options of the client for servers that ask who sends a request."""

import os
import unittest

from opensearchpy import AuthenticationException, AuthorizationException, OpenSearch

# A server with the user ada, who may read.
URL = os.environ["QUIDDITCH_SECURE_URL"]


class Access(unittest.TestCase):
    def client(self, **options):
        client = OpenSearch(URL, **options)
        self.addCleanup(client.close)
        return client

    def test_callers_must_be_known(self):
        for options in ({}, {"http_auth": ("ada", "wrong")}, {"headers": {"Authorization": "Bearer wrong"}}):
            with self.assertRaises(AuthenticationException):
                self.client(**options).info()

    def test_roles_say_what_callers_may_do(self):
        client = self.client(http_auth=("ada", "secret"))
        self.assertEqual(client.count()["count"], 0)
        with self.assertRaises(AuthorizationException) as refused:
            client.indices.create(index="movies")
        self.assertEqual(refused.exception.error, "security_exception")


if __name__ == "__main__":
    unittest.main()
