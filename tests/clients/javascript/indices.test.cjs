// Indices, aliases and templates through the official client for JavaScript.

const assert = require('node:assert');
const { beforeEach, test } = require('node:test');
const { Client } = require('@opensearch-project/opensearch');

const client = new Client({ node: process.env.QUIDDITCH_URL });

beforeEach(async () => {
  await client.indices.delete({ index: '*' });
  await client.indices.deleteIndexTemplate({ name: '*' }, { ignore: [404] });
});

test('an index is created, described and deleted', async () => {
  const mappings = { properties: { title: { type: 'text' } } };
  const created = await client.indices.create({ index: 'movies', body: { mappings } });
  assert.deepStrictEqual(created.body, { acknowledged: true, shards_acknowledged: true, index: 'movies' });
  assert.strictEqual((await client.indices.exists({ index: 'movies' })).body, true);
  assert.deepStrictEqual((await client.indices.getMapping({ index: 'movies' })).body.movies.mappings, mappings);
  await assert.rejects(client.indices.create({ index: 'movies' }), (error) => {
    return error.statusCode === 400 && error.body.error.type === 'resource_already_exists_exception';
  });
  await client.indices.delete({ index: 'movies' });
  assert.strictEqual((await client.indices.exists({ index: 'movies' })).body, false);
});

test('an alias moves, and a template is applied', async () => {
  const body = { index_patterns: ['logs-*'], template: { aliases: { logs: {} } } };
  await client.indices.putIndexTemplate({ name: 'logs', body });
  await client.indices.create({ index: 'logs-1' });
  await client.indices.create({ index: 'other' });
  const actions = [
    { remove: { index: 'logs-1', alias: 'logs' } },
    { add: { index: 'other', alias: 'logs', filter: { term: { level: 'error' } } } },
  ];
  await client.indices.updateAliases({ body: { actions } });
  const aliases = (await client.indices.getAlias({ name: 'logs' })).body;
  assert.deepStrictEqual(aliases, { other: { aliases: { logs: { filter: { term: { level: 'error' } } } } } });
});
