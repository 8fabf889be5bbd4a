import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Map;
import org.apache.hc.core5.http.HttpHost;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.opensearch.client.json.JsonData;
import org.opensearch.client.json.jackson.JacksonJsonpMapper;
import org.opensearch.client.opensearch.OpenSearchClient;
import org.opensearch.client.opensearch._types.FieldValue;
import org.opensearch.client.opensearch._types.OpenSearchException;
import org.opensearch.client.opensearch._types.Result;
import org.opensearch.client.opensearch.core.BulkRequest;
import org.opensearch.client.transport.httpclient5.ApacheHttpClient5TransportBuilder;

/** Documents through the official client for Java. */
class DocumentsTest {
    public record Movie(String title, int year) {}

    private OpenSearchClient client;

    @BeforeEach
    void connect() throws Exception {
        HttpHost host = HttpHost.create(System.getenv("QUIDDITCH_URL"));
        client = new OpenSearchClient(ApacheHttpClient5TransportBuilder.builder(host).setMapper(new JacksonJsonpMapper()).build());
        client.indices().delete(request -> request.index("java-*"));
    }

    @Test
    void aDocumentIsStoredReadChangedAndDeleted() throws IOException {
        client.indices().create(request -> request.index("java-movies").mappings(mapping -> mapping
                .properties("title", property -> property.text(text -> text))
                .properties("year", property -> property.integer(integer -> integer))));
        Movie movie = new Movie("Moneyball", 2011);
        assertEquals(Result.Created, client.index(request -> request.index("java-movies").id("1").document(movie)).result());
        assertEquals(movie, client.get(request -> request.index("java-movies").id("1"), Movie.class).source());
        client.update(request -> request.index("java-movies").id("1").doc(Map.of("year", 2012)), Movie.class);
        var found = client.search(request -> request.index("java-movies")
                .query(query -> query.match(match -> match.field("title").query(FieldValue.of("moneyball"))))
                .aggregations("last", aggregation -> aggregation.max(max -> max.field("year"))), Movie.class);
        assertEquals(1, found.hits().total().value());
        assertEquals(2012, found.hits().hits().get(0).source().year());
        assertEquals(2012.0, found.aggregations().get("last").max().value());
        assertEquals(Result.Deleted, client.delete(request -> request.index("java-movies").id("1")).result());
    }

    @Test
    void manyDocumentsAreWrittenAndChanged() throws IOException {
        BulkRequest.Builder bulk = new BulkRequest.Builder();
        for (int number = 0; number < 500; number++) {
            String id = String.valueOf(number);
            Movie movie = new Movie("Movie " + number, number);
            bulk.operations(operation -> operation.create(create -> create.index("java-numbers").id(id).document(movie)));
        }
        assertFalse(client.bulk(bulk.build()).errors());
        assertEquals(500, client.count(request -> request.index("java-numbers")).count());
        var changed = client.updateByQuery(request -> request.index("java-numbers")
                .query(query -> query.range(range -> range.field("year").lt(JsonData.of(10))))
                .script(script -> script.inline(inline -> inline.source("ctx._source.year += params.years").params("years", JsonData.of(1000)))));
        assertEquals(10, changed.updated());
    }

    @Test
    void errorsHaveTheirTypes() {
        var error = assertThrows(OpenSearchException.class, () -> client.search(request -> request.index("java-missing"), Movie.class));
        assertTrue(error.getMessage().contains("index_not_found_exception"), error.getMessage());
        assertEquals(404, error.status());
    }
}
