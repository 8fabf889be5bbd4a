"""Requests as they are sent by tools that have no client library: log shippers and dashboards."""

import gzip
import json
import unittest
from datetime import datetime, timedelta, timezone
from urllib.request import Request, urlopen

from server import URL, ClientTest

START = datetime(2024, 5, 1, tzinfo=timezone.utc)


def send(path, lines, **headers):
    body = "".join(json.dumps(line) + "\n" for line in lines).encode()
    if headers.get("content_encoding") == "gzip":
        body = gzip.compress(body)
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    with urlopen(Request(URL + path, body, headers)) as response:
        return json.load(response)


def entry(minute, level):
    time = (START + timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return {"@timestamp": time, "level": level, "message": f"request {minute} took {minute % 7} ms"}


class Tools(ClientTest):
    def setUp(self):
        super().setUp()
        properties = {"@timestamp": {"type": "date"}, "level": {"type": "keyword"}, "message": {"type": "text"}}
        template = {"index_patterns": ["logs-*"], "template": {"mappings": {"properties": properties}}}
        self.client.indices.put_index_template(name="logs", body=template)

    def test_fluent_bit_creates_documents(self):
        lines = [line for minute in range(20) for line in ({"create": {"_index": "logs-app"}}, entry(minute, "info"))]
        answer = send("/_bulk/?filter_path=errors,items.*.error", lines, content_type="application/x-ndjson")
        self.assertEqual(answer, {"errors": False})
        self.assertEqual(self.client.count(index="logs-app")["count"], 20)

    def test_vector_creates_documents_with_ids_and_compression(self):
        self.assertIn(self.client.cluster.health()["status"], ("green", "yellow"))
        lines = [
            line
            for minute in range(20)
            for line in ({"create": {"_index": "logs-2024.05.01", "_id": str(minute)}}, entry(minute, "info"))
        ]
        headers = {"content_type": "application/x-ndjson", "content_encoding": "gzip"}
        self.assertFalse(send("/_bulk?timeout=60s", lines, **headers)["errors"])
        again = send("/_bulk?timeout=60s", lines, **headers)
        self.assertEqual({item["create"]["status"] for item in again["items"]}, {409})

    def test_a_dashboard_of_grafana_counts_logs_over_time(self):
        lines = [
            line
            for minute in range(60)
            for line in ({"create": {"_index": "logs-app"}}, entry(minute, "error" if minute % 6 == 0 else "info"))
        ]
        send("/_bulk", lines, content_type="application/x-ndjson")
        begin = int(START.timestamp() * 1000)
        end = begin + 60 * 60 * 1000
        histogram = {
            "field": "@timestamp", "fixed_interval": "10m", "min_doc_count": 0, "format": "epoch_millis",
            "extended_bounds": {"min": begin, "max": end},
        }
        by_level = {"terms": {"field": "level", "size": 10, "order": {"_key": "desc"}, "min_doc_count": 1}}
        time = {"range": {"@timestamp": {"gte": begin, "lte": end, "format": "epoch_millis"}}}
        text = {"query_string": {"analyze_wildcard": True, "query": "message:request AND NOT level:debug"}}
        answer = send(
            "/_msearch?max_concurrent_shard_requests=5",
            [
                {"search_type": "query_then_fetch", "ignore_unavailable": True, "index": "logs-*"},
                {
                    "size": 0,
                    "query": {"bool": {"filter": [time, text]}},
                    "aggs": {"3": {**by_level, "aggs": {"2": {"date_histogram": histogram}}}},
                },
                {"search_type": "query_then_fetch", "ignore_unavailable": True, "index": "logs-missing"},
                {
                    "size": 500,
                    "query": {"bool": {"filter": [time]}},
                    "sort": {"@timestamp": {"order": "desc", "unmapped_type": "boolean"}},
                    "script_fields": {},
                },
            ],
            content_type="application/x-ndjson",
        )
        found, missing = answer["responses"]
        counts = {
            level["key"]: [bucket["doc_count"] for bucket in level["2"]["buckets"]]
            for level in found["aggregations"]["3"]["buckets"]
        }
        self.assertEqual(counts["error"], [2, 2, 1, 2, 2, 1, 0])
        self.assertEqual(sum(counts["info"]), 50)
        self.assertEqual(missing["status"], 200)
        self.assertEqual(missing["hits"]["hits"], [])


if __name__ == "__main__":
    unittest.main()
