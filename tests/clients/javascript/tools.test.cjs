// Tools that dump, load and search indices.

const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const { mkdtempSync, readFileSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { after, before, test } = require('node:test');
const { Client } = require('@opensearch-project/opensearch');
const searchkit = require('@searchkit/api');

const url = process.env.QUIDDITCH_URL;
const client = new Client({ node: url });
const folder = mkdtempSync(join(tmpdir(), 'quidditch-'));
const shop = [
  { name: 'Red shoes', brand: 'Acme', price: 50 },
  { name: 'Blue shoes', brand: 'Acme', price: 60 },
  { name: 'Red hat', brand: 'Bolt', price: 20 },
];

before(async () => {
  await client.indices.delete({ index: 'tool-*' });
  const properties = { name: { type: 'text' }, brand: { type: 'keyword' }, price: { type: 'integer' } };
  await client.indices.create({ index: 'tool-shop', body: { mappings: { properties } } });
  await client.bulk({ body: shop.flatMap((product, id) => [{ index: { _index: 'tool-shop', _id: String(id) } }, product]) });
});

after(() => {
  rmSync(folder, { recursive: true });
  return client.close();
});

test('elasticdump copies an index through a file', async () => {
  const elasticdump = join(process.env.NODE_PATH, 'elasticdump/bin/elasticdump');
  const dump = (type, input, output) =>
    execFileSync(process.execPath, [elasticdump, `--type=${type}`, `--input=${input}`, `--output=${output}`], { stdio: 'pipe' });
  for (const type of ['mapping', 'data']) {
    const file = join(folder, `${type}.json`);
    dump(type, `${url}/tool-shop`, file);
    dump(type, file, `${url}/tool-copy`);
  }
  assert.strictEqual(readFileSync(join(folder, 'data.json'), 'utf8').trim().split('\n').length, 3);
  const [mapping, copied] = await Promise.all([
    client.indices.getMapping({ index: 'tool-copy' }),
    client.search({ index: 'tool-copy', body: { query: { term: { brand: 'Acme' } }, sort: 'price' } }),
  ]);
  assert.strictEqual(mapping.body['tool-copy'].mappings.properties.brand.type, 'keyword');
  assert.deepStrictEqual(copied.body.hits.hits.map((hit) => hit._source), [shop[0], shop[1]]);
});

test("Searchkit answers the requests of an InstantSearch page", async () => {
  const api = (searchkit.default ?? searchkit)({
    connection: { host: url },
    search_settings: {
      highlight_attributes: ['name'],
      search_attributes: ['name'],
      result_attributes: ['name', 'brand', 'price'],
      facet_attributes: [
        { attribute: 'brand', field: 'brand', type: 'string' },
        { attribute: 'price', field: 'price', type: 'numeric' },
      ],
      sorting: { default: { field: '_score', order: 'desc' }, _cheap: { field: 'price', order: 'asc' } },
    },
  });
  const params = { query: 'shoes', facets: ['brand', 'price'], facetFilters: [['brand:Acme']], hitsPerPage: 1, page: 1 };
  const { results } = await api.handleRequest([{ indexName: 'tool-shop_cheap', params }]);
  assert.strictEqual(results[0].nbHits, 2);
  assert.deepStrictEqual(results[0].hits.map((hit) => hit.name), ['Blue shoes']);
  assert.strictEqual(results[0].facets.brand.Acme, 2);
});
