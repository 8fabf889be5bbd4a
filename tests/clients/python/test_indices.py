"""Indices, aliases, templates and scripts through the official client for Python."""

import asyncio
import unittest

from opensearchpy import NotFoundError, RequestError

from server import ClientTest, async_client

MOVIES = {
    "settings": {"index": {"number_of_shards": 4, "number_of_replicas": 0}},
    "mappings": {"properties": {"title": {"type": "text"}, "year": {"type": "integer"}}},
}


class Indices(ClientTest):
    def test_an_index_is_created_described_and_deleted(self):
        indices = self.client.indices
        self.assertFalse(indices.exists(index="movies"))
        created = indices.create(index="movies", body=MOVIES)
        self.assertEqual(created, {"acknowledged": True, "shards_acknowledged": True, "index": "movies"})
        self.assertTrue(indices.exists(index="movies"))
        described = indices.get(index="movies")["movies"]
        self.assertEqual(described["mappings"], MOVIES["mappings"])
        self.assertEqual(described["settings"]["index"]["number_of_shards"], "4")
        self.assertEqual(indices.get_mapping(index="movies")["movies"]["mappings"], MOVIES["mappings"])
        with self.assertRaises(RequestError) as again:
            indices.create(index="movies")
        self.assertEqual(again.exception.error, "resource_already_exists_exception")
        self.assertEqual(indices.delete(index="movies"), {"acknowledged": True})
        with self.assertRaises(NotFoundError):
            indices.delete(index="movies")
        self.assertEqual(indices.create(index="movies", ignore=400)["index"], "movies")
        self.assertEqual(indices.create(index="movies", ignore=400)["status"], 400)

    def test_mapping_and_settings_change(self):
        indices = self.client.indices
        indices.create(index="movies", body=MOVIES)
        indices.put_mapping(index="movies", body={"properties": {"director": {"type": "keyword"}}})
        fields = indices.get_field_mapping(fields="director", index="movies")
        self.assertEqual(fields["movies"]["mappings"]["director"]["mapping"]["director"]["type"], "keyword")
        with self.assertRaises(RequestError) as conflict:
            indices.put_mapping(index="movies", body={"properties": {"year": {"type": "keyword"}}})
        self.assertEqual(conflict.exception.error, "illegal_argument_exception")
        indices.put_settings(index="movies", body={"index": {"refresh_interval": "30s"}})
        settings = indices.get_settings(index="movies")["movies"]["settings"]["index"]
        self.assertEqual(settings["refresh_interval"], "30s")

    def test_maintenance_is_accepted(self):
        indices = self.client.indices
        indices.create(index="movies")
        for call in (indices.flush, indices.clear_cache):
            self.assertEqual(call(index="movies")["_shards"]["failed"], 0)
        self.assertTrue(indices.open(index="movies")["acknowledged"])
        with self.assertRaises(RequestError):
            indices.close(index="movies")


class Aliases(ClientTest):
    def test_an_alias_moves_from_one_index_to_another(self):
        indices = self.client.indices
        indices.create(index="movies-1")
        indices.create(index="movies-2", body={"aliases": {"everything": {}}})
        indices.put_alias(index="movies-1", name="movies")
        self.assertTrue(indices.exists_alias(name="movies"))
        swap = [
            {"remove": {"index": "movies-1", "alias": "movies"}},
            {"add": {"index": "movies-2", "alias": "movies", "is_write_index": True}},
        ]
        indices.update_aliases(body={"actions": swap})
        self.assertEqual(indices.get_alias(name="movies"), {"movies-2": {"aliases": {"movies": {"is_write_index": True}}}})
        self.assertEqual(self.client.count(index="movies")["count"], 0)
        indices.delete_alias(index="movies-2", name="movies")
        self.assertFalse(indices.exists_alias(name="movies"))
        self.assertEqual(list(indices.get_alias(index="movies-2")["movies-2"]["aliases"]), ["everything"])


class Templates(ClientTest):
    def test_new_indices_get_what_templates_say(self):
        indices, cluster = self.client.indices, self.client.cluster
        base = {"template": {"mappings": {"properties": {"@timestamp": {"type": "date"}}}}}
        cluster.put_component_template(name="base", body=base)
        self.assertTrue(cluster.exists_component_template(name="base"))
        logs = {
            "index_patterns": ["logs-*"],
            "composed_of": ["base"],
            "priority": 10,
            "template": {"aliases": {"logs": {}}, "mappings": {"properties": {"level": {"type": "keyword"}}}},
        }
        indices.put_index_template(name="logs", body=logs)
        self.assertTrue(indices.exists_index_template(name="logs"))
        self.assertEqual(indices.get_index_template(name="logs")["index_templates"][0]["index_template"], logs)
        simulated = indices.simulate_index_template(name="logs-1")["template"]["mappings"]["properties"]
        self.assertEqual(set(simulated), {"@timestamp", "level"})
        indices.create(index="logs-1")
        self.assertEqual(set(indices.get_mapping(index="logs")["logs-1"]["mappings"]["properties"]), {"@timestamp", "level"})
        indices.delete_index_template(name="logs")
        cluster.delete_component_template(name="base")
        with self.assertRaises(NotFoundError):
            indices.get_index_template(name="logs")


class Scripts(ClientTest):
    def test_scripts_and_search_templates_are_stored(self):
        client = self.client
        client.indices.create(index="movies", body=MOVIES)
        script = {"lang": "painless", "source": "doc['year'].value * params.factor"}
        client.put_script(id="by-year", body={"script": script})
        self.assertEqual(client.get_script(id="by-year")["script"], script)
        with self.assertRaises(RequestError) as mistake:
            client.put_script(id="by-year", context="score", body={"script": {"lang": "painless", "source": "nope() +"}})
        self.assertEqual(mistake.exception.error, "script_exception")
        template = {"lang": "mustache", "source": {"query": {"match": {"title": "{{text}}"}}}}
        client.put_script(id="by-title", body={"script": template})
        rendered = client.render_search_template(id="by-title", body={"params": {"text": "dune"}})
        self.assertEqual(rendered["template_output"], {"query": {"match": {"title": "dune"}}})
        found = client.search_template(index="movies", body={"id": "by-title", "params": {"text": "dune"}})
        self.assertEqual(found["hits"]["total"]["value"], 0)
        for id in ("by-year", "by-title"):
            client.delete_script(id=id)
        with self.assertRaises(NotFoundError):
            client.get_script(id="by-year")


class AsyncClient(ClientTest):
    def test_the_asynchronous_client_does_the_same(self):
        async def run():
            async with async_client() as client:
                await client.indices.create(index="movies", body=MOVIES)
                names = list(await client.indices.get(index="*"))
                await client.indices.delete(index="movies")
                return names

        self.assertEqual(asyncio.run(run()), ["movies"])


if __name__ == "__main__":
    unittest.main()
