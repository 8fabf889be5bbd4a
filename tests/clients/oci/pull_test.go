// What other tools push is used by quidditch.
package oci

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	config = `{"created": "2026-01-31T12:00:00Z", "architecture": "wasm", "os": "wasip2", "layerDigests": []}`
	cities = `{"_id": "1", "name": "Berlin", "population": 3700000}
{"_id": "2", "name": "Bern", "population": 134000}
`
	search = `{"_source": false, "query": {"wasm_udf": {"name": "number_range", "parameters": {"field": "population", "min": 1000000}}}}`
)

// push pushes the component with oras, in the form for components; returns the digest of the manifest.
func push(i installation, reference string) string {
	i.t.Helper()
	content, err := os.ReadFile(component())
	must(i.t, err)
	i.file("number_range.wasm", content)
	i.file("config.json", []byte(config))
	i.oras("push", reference, "--config", "config.json:application/vnd.wasm.config.v0+json", "number_range.wasm:application/wasm")
	return strings.TrimSpace(i.oras("resolve", reference))
}

func publishedFrom(i installation, function string) string {
	i.t.Helper()
	var shown struct {
		PublishedFrom string `json:"published_from"`
	}
	must(i.t, json.Unmarshal([]byte(i.quidditch("udf", "show", function, "--json")), &shown))
	return shown.PublishedFrom
}

func TestASearchUsesWhatOrasPushed(t *testing.T) {
	registry, i := startRegistry(t, false), newInstallation(t)
	reference := registry.address + "/team/number_range:1.0.0"
	digest := push(i, reference)
	if published := i.quidditch("udf", "pull", reference); !strings.HasPrefix(published, "published number_range@1.0.0 (") {
		t.Fatalf("it printed %s", published)
	}
	equal(t, "the origin", publishedFrom(i, "number_range"), "oci://"+reference+"@"+digest)

	i.file("mapping.json", []byte(`{"properties": {"name": {"type": "text"}, "population": {"type": "long"}}}`))
	i.quidditch("index", "create", "cities", "--mapping", "mapping.json")
	i.quidditch("index", "add", "cities", i.file("cities.ndjson", []byte(cities)))
	var found struct {
		Hits struct {
			Hits []struct {
				ID string `json:"_id"`
			}
		}
	}
	must(t, json.Unmarshal([]byte(i.quidditch("search", "cities", search, "--json")), &found))
	if len(found.Hits.Hits) != 1 || found.Hits.Hits[0].ID != "1" {
		t.Fatalf("it found %v", found.Hits.Hits)
	}

	again := i.quidditch("udf", "pull", "oci://"+reference+"@"+digest)
	if !strings.HasPrefix(again, "already published: number_range@1.0.0 (") {
		t.Fatalf("it printed %s", again)
	}
}

func TestNameAndVersionAreThoseOfTheReference(t *testing.T) {
	registry, i := startRegistry(t, false), newInstallation(t)
	reference := registry.address + "/team/other:2.0.0"
	push(i, reference)
	if published := i.quidditch("udf", "pull", reference); !strings.HasPrefix(published, "published other@2.0.0 (") {
		t.Fatalf("it printed %s", published)
	}
	reference = registry.address + "/team/other:latest"
	push(i, reference)
	if published := i.quidditch("udf", "pull", reference); !strings.HasPrefix(published, "published other@1.0.0 (") {
		t.Fatalf("a tag that is not a version: it printed %s", published)
	}
}

func TestAComponentWithoutAConfigurationIsPulledByDigest(t *testing.T) {
	registry, i := startRegistry(t, false), newInstallation(t)
	repository := registry.address + "/number_range"
	push(i, repository+":any")
	i.oras("push", repository+":latest", "number_range.wasm:application/wasm")
	digest := strings.TrimSpace(i.oras("resolve", repository+":latest"))
	i.quidditch("udf", "pull", repository+"@"+digest, "--name", "another", "--version", "7.0.0")
	equal(t, "the origin", publishedFrom(i, "another@7.0.0"), "oci://"+repository+"@"+digest)
}

func TestABundleContainsAPulledFunction(t *testing.T) {
	registry, i := startRegistry(t, false), newInstallation(t)
	reference := registry.address + "/number_range:1.0.0"
	push(i, reference)
	bundled := i.quidditch("bundle", "--output", "app.wasm", "--function", "oci://"+reference)
	if !strings.HasSuffix(bundled, " with 1 function: number_range@1.0.0\n") {
		t.Fatalf("it printed %s", bundled)
	}
	if _, err := os.Stat(filepath.Join(i.folder, "store", "functions")); !os.IsNotExist(err) {
		t.Fatal("the bundle published the function")
	}
}

func TestOtherArtifactsAreRefused(t *testing.T) {
	registry, i := startRegistry(t, false), newInstallation(t)
	repository := registry.address + "/f"
	refused := func(tag, reason string) {
		t.Helper()
		equal(t, tag, i.refused("udf", "pull", repository+":"+tag), "error: "+repository+":"+tag+" "+reason)
	}
	push(i, repository+":good")
	refused("missing", "does not exist in the OCI registry, or is not visible to you")

	i.oras("push", repository+":two", "number_range.wasm:application/wasm", "config.json:application/wasm")
	refused("two", "is not a component: it has 2 layers, and a component has one, of type application/wasm")

	i.oras("push", repository+":text", "config.json:text/plain")
	refused("text", "is not a component: its layer is of type [text/plain], must be application/wasm")

	i.oras("push", repository+":image", "--config", "config.json:application/vnd.oci.image.config.v1+json", "number_range.wasm:application/wasm")
	refused("image", "is not a component: its configuration is of type [application/vnd.oci.image.config.v1+json], must be application/vnd.wasm.config.v0+json")

	i.oras("manifest", "index", "create", repository+":index", "good")
	refused("index", "is not a component: it is a list of artifacts for several platforms, and a component has no platform")

	i.file("large.wasm", make([]byte, 32<<20+1))
	i.oras("push", repository+":large", "large.wasm:application/wasm")
	refused("large", "is not a component: it has 33554433 bytes, and a component has at most 33554432")

	i.oras("push", repository+":1.0.0", "config.json:application/wasm")
	equal(t, "what is not WebAssembly", i.refused("udf", "pull", repository+":1.0.0"),
		"error: function f@1.0.0 failed to load: it is not WebAssembly (a WebAssembly file begins with the bytes 00 61 73 6d)")

	equal(t, "neither tag nor digest", i.refused("udf", "pull", repository),
		"error: "+repository+" has neither a tag nor a digest; specify "+repository+":TAG or "+repository+"@DIGEST")
}

func TestWhatWasChangedInTheRegistryIsRefused(t *testing.T) {
	registry, i := startRegistry(t, false), newInstallation(t)
	reference := registry.address + "/number_range:1.0.0"
	digest := push(i, reference)
	layer := fetchManifest(i, reference).Layers[0].Digest
	change := func(path string) {
		t.Helper()
		content, err := os.ReadFile(path)
		must(t, err)
		content[len(content)-1] ^= 1
		write(t, path, content)
	}
	damaged := "error: what the OCI registry sent for " + reference
	change(registry.blob(layer))
	if message := i.refused("udf", "pull", reference); !strings.HasPrefix(message, damaged+" is damaged: Invalid digest. Expected "+layer) {
		t.Fatal(message)
	}
	change(registry.blob(layer))
	i.quidditch("udf", "pull", reference)

	// A space at the end changes no more than the digest.
	manifest, err := os.ReadFile(registry.blob(digest))
	must(t, err)
	write(t, registry.blob(digest), append(manifest, ' '))
	if message := i.refused("udf", "pull", reference+"@"+digest); !strings.HasPrefix(message, damaged+"@"+digest+" is damaged: Invalid digest. Expected "+digest) {
		t.Fatal(message)
	}
}
