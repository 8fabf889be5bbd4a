/** The request as a program would send it. */

import { format, type JsonObject } from "./json.js";

export interface CodeRequest {
  /** The URL of the server, without a slash at the end. */
  server: string;
  index: string;
  body: JsonObject;
  /** Whether the server wants credentials. They are not written into the code. */
  needsAuthorization: boolean;
}

export interface Language {
  name: string;
  code(request: CodeRequest): string;
}

export const LANGUAGES: readonly Language[] = [
  { name: "curl", code: curl },
  { name: "Python", code: python },
  { name: "JavaScript", code: javascript },
];

function curl({ server, index, body, needsAuthorization }: CodeRequest): string {
  const lines = [
    `curl ${quoted(`${server}/${encodeURIComponent(index)}/_search?pretty`)}`,
    ...(needsAuthorization ? ['  -H "authorization: $AUTHORIZATION"'] : []),
    "  -H 'content-type: application/json'",
    `  -d ${quoted(format(body))}`,
  ];
  return lines.join(" \\\n");
}

/** A word of a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** What JSON and Python write differently are three words; strings and numbers of JSON are those of Python, too. */
const PYTHON_WORDS = { true: "True", false: "False", null: "None" };

function python({ server, index, body, needsAuthorization }: CodeRequest): string {
  const headers = needsAuthorization ? ', headers={"authorization": os.environ["AUTHORIZATION"]}' : "";
  return `${needsAuthorization ? "import os\n\n" : ""}from opensearchpy import OpenSearch

client = OpenSearch(${JSON.stringify(server)}${headers})
response = client.search(
    index=${JSON.stringify(index)},
    body=${indented(format(body, PYTHON_WORDS), "    ")},
)
for hit in response["hits"]["hits"]:
    print(hit["_id"], hit["_score"], hit.get("_source"))
`;
}

function javascript({ server, index, body, needsAuthorization }: CodeRequest): string {
  const headers = needsAuthorization ? ", headers: { authorization: process.env.AUTHORIZATION }" : "";
  return `import { Client } from "@opensearch-project/opensearch";

const client = new Client({ node: ${JSON.stringify(server)}${headers} });
const response = await client.search({
  index: ${JSON.stringify(index)},
  body: ${indented(format(body), "  ")},
});
for (const hit of response.body.hits.hits) {
  console.log(hit._id, hit._score, hit._source);
}
`;
}

/** All lines but the first, which stands behind other code. */
function indented(text: string, indent: string): string {
  return text.replaceAll("\n", `\n${indent}`);
}
