// Documents through the official client for JavaScript.

const assert = require('node:assert');
const { after, before, test } = require('node:test');
const { Client } = require('@opensearch-project/opensearch');

const client = new Client({ node: process.env.QUIDDITCH_URL });

before(() => client.indices.delete({ index: 'js-*' }));
after(() => client.close());

test('a document is stored, read, changed and deleted', async () => {
  const stored = await client.index({ index: 'js-movies', id: '1', body: { title: 'Moneyball', year: 2011 }, refresh: true });
  assert.strictEqual(stored.statusCode, 201);
  const read = await client.get({ index: 'js-movies', id: '1' });
  assert.deepStrictEqual(read.body._source, { title: 'Moneyball', year: 2011 });
  await client.update({ index: 'js-movies', id: '1', body: { doc: { year: 2012 } } });
  const found = await client.search({ index: 'js-movies', body: { query: { match: { title: 'moneyball' } } } });
  assert.strictEqual(found.body.hits.hits[0]._source.year, 2012);
  await assert.rejects(client.create({ index: 'js-movies', id: '1', body: {} }), { statusCode: 409 });
  assert.strictEqual((await client.delete({ index: 'js-movies', id: '1' })).body.result, 'deleted');
});

test('many documents are written and read', async () => {
  const datasource = Array.from({ length: 500 }, (_, number) => ({ number }));
  const result = await client.helpers.bulk({
    datasource,
    flushBytes: 2000,
    onDocument: (document) => ({ index: { _index: 'js-numbers', _id: String(document.number) } }),
  });
  assert.deepStrictEqual([result.total, result.failed], [500, 0]);
  const numbers = new Set();
  for await (const page of client.helpers.scrollDocuments({ index: 'js-numbers', body: { size: 120, query: { match_all: {} } } })) {
    numbers.add(page.number);
  }
  assert.strictEqual(numbers.size, 500);
});
