// Documents through the official client for Go.
package clients

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/opensearch-project/opensearch-go/v4"
	"github.com/opensearch-project/opensearch-go/v4/opensearchapi"
	"github.com/opensearch-project/opensearch-go/v4/opensearchutil"
)

func newClient(t *testing.T) *opensearchapi.Client {
	t.Helper()
	config := opensearchapi.Config{Client: opensearch.Config{Addresses: []string{os.Getenv("QUIDDITCH_URL")}}}
	client, err := opensearchapi.NewClient(config)
	must(t, err)
	return client
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestADocumentIsStoredReadChangedAndDeleted(t *testing.T) {
	ctx, client := context.Background(), newClient(t)
	mapping := strings.NewReader(`{"mappings": {"properties": {"title": {"type": "text"}, "year": {"type": "integer"}}}}`)
	_, err := client.Indices.Create(ctx, opensearchapi.IndicesCreateReq{Index: "go-movies", Body: mapping})
	must(t, err)
	document := strings.NewReader(`{"title": "Moneyball", "year": 2011}`)
	stored, err := client.Index(ctx, opensearchapi.IndexReq{Index: "go-movies", DocumentID: "1", Body: document})
	must(t, err)
	if stored.Result != "created" {
		t.Fatalf("it was %s", stored.Result)
	}
	change := strings.NewReader(`{"script": {"source": "ctx._source.year += params.years", "params": {"years": 1}}}`)
	_, err = client.Update(ctx, opensearchapi.UpdateReq{Index: "go-movies", DocumentID: "1", Body: change})
	must(t, err)
	read, err := client.Document.Get(ctx, opensearchapi.DocumentGetReq{Index: "go-movies", DocumentID: "1"})
	must(t, err)
	var movie struct {
		Title string
		Year  int
	}
	must(t, json.Unmarshal(read.Source, &movie))
	if movie.Title != "Moneyball" || movie.Year != 2012 || read.Version != 2 {
		t.Fatalf("it is %+v, version %d", movie, read.Version)
	}
	query := strings.NewReader(`{"query": {"match": {"title": "moneyball"}}, "aggs": {"last": {"max": {"field": "year"}}}}`)
	found, err := client.Search(ctx, &opensearchapi.SearchReq{Indices: []string{"go-movies"}, Body: query})
	must(t, err)
	if found.Hits.Total.Value != 1 || found.Hits.Hits[0].ID != "1" {
		t.Fatalf("found %+v", found.Hits)
	}
	deleted, err := client.Document.Delete(ctx, opensearchapi.DocumentDeleteReq{Index: "go-movies", DocumentID: "1"})
	must(t, err)
	if deleted.Result != "deleted" {
		t.Fatalf("it was %s", deleted.Result)
	}
	_, err = client.Indices.Delete(ctx, opensearchapi.IndicesDeleteReq{Indices: []string{"go-movies"}})
	must(t, err)
}

func TestManyDocumentsAreWrittenByConcurrentWorkers(t *testing.T) {
	ctx, client := context.Background(), newClient(t)
	indexer, err := opensearchutil.NewBulkIndexer(opensearchutil.BulkIndexerConfig{
		Client: client, Index: "go-numbers", NumWorkers: 4, FlushBytes: 2000,
	})
	must(t, err)
	for number := range 500 {
		item := opensearchutil.BulkIndexerItem{
			Action: "create", DocumentID: fmt.Sprint(number), Body: strings.NewReader(fmt.Sprintf(`{"number": %d}`, number)),
		}
		must(t, indexer.Add(ctx, item))
	}
	must(t, indexer.Close(ctx))
	if stats := indexer.Stats(); stats.NumFlushed != 500 || stats.NumFailed != 0 {
		t.Fatalf("%+v", stats)
	}
	count, err := client.Indices.Count(ctx, &opensearchapi.IndicesCountReq{Indices: []string{"go-numbers"}})
	must(t, err)
	if count.Count != 500 {
		t.Fatalf("%d documents", count.Count)
	}
}

func TestErrorsHaveTheirTypes(t *testing.T) {
	ctx, client := context.Background(), newClient(t)
	_, err := client.Search(ctx, &opensearchapi.SearchReq{Indices: []string{"go-missing"}})
	if err == nil || !strings.Contains(err.Error(), "index_not_found_exception") {
		t.Fatalf("%v", err)
	}
}
