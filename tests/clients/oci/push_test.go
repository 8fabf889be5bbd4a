// What quidditch pushes is used by other tools.
package oci

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// manifest is what of a manifest is compared.
type manifest struct {
	MediaType string
	Config    descriptor
	Layers    []descriptor
	// of OCI
	Annotations map[string]string
}

type descriptor struct {
	MediaType   string
	Digest      string
	Size        int
	Annotations map[string]string
}

func fetchManifest(i installation, reference string) manifest {
	i.t.Helper()
	var fetched manifest
	must(i.t, json.Unmarshal([]byte(i.oras("manifest", "fetch", reference)), &fetched))
	return fetched
}

func TestOrasPullsWhatIsPushed(t *testing.T) {
	registry, i := startRegistry(t, false), newInstallation(t)
	i.publish("1.2.3")
	repository := registry.address + "/team/number_range"
	pushed := i.quidditch("udf", "push", repository)
	digest := strings.TrimSpace(i.oras("resolve", repository+":1.2.3"))
	equal(t, "what is printed", pushed, "pushed number_range@1.2.3 to "+repository+":1.2.3@"+digest+"\n")

	i.oras("pull", repository+":1.2.3")
	expected, err := os.ReadFile(component())
	must(t, err)
	if !bytes.Equal(i.read("number_range.wasm"), expected) {
		t.Fatal("oras pulls other bytes")
	}
	fetched := fetchManifest(i, repository+":1.2.3")
	equal(t, "the manifest", fetched.MediaType, "application/vnd.oci.image.manifest.v1+json")
	equal(t, "the configuration", fetched.Config.MediaType, "application/vnd.wasm.config.v0+json")
	if len(fetched.Layers) != 1 || fetched.Layers[0].MediaType != "application/wasm" || fetched.Layers[0].Size != len(expected) {
		t.Fatalf("the layers are %v", fetched.Layers)
	}
	equal(t, "the version", fetched.Annotations["org.opencontainers.image.version"], "1.2.3")
	equal(t, "the licence", fetched.Annotations["org.opencontainers.image.licenses"], "Apache-2.0")

	var config struct {
		Architecture, Os string
		LayerDigests     []string
		Component        struct{ Imports, Exports []string }
	}
	must(t, json.Unmarshal([]byte(i.oras("blob", "fetch", "--output", "-", repository+"@"+fetched.Config.Digest)), &config))
	equal(t, "the system", config.Architecture+" "+config.Os, "wasm wasip2")
	equal(t, "the digest of the layer", strings.Join(config.LayerDigests, " "), fetched.Layers[0].Digest)
	equal(t, "the imports", strings.Join(config.Component.Imports, " "), "quidditch:udf/log@0.2.0 quidditch:udf/types@0.2.0")
	equal(t, "the exports", strings.Join(config.Component.Exports, " "), "quidditch:udf/filter@0.2.0 quidditch:udf/metadata@0.2.0")

	equal(t, "what is printed the second time", i.quidditch("udf", "push", repository), pushed)
}

func TestTheTagDecidesWhichVersionIsPushed(t *testing.T) {
	registry, i := startRegistry(t, false), newInstallation(t)
	i.publish("1.0.0")
	i.publish("1.1.0")
	version := func(reference string, options ...string) string {
		i.quidditch(append([]string{"udf", "push", reference}, options...)...)
		return fetchManifest(i, reference).Annotations["org.opencontainers.image.version"]
	}
	equal(t, "a version", version(registry.address+"/number_range:1.0.0"), "1.0.0")
	equal(t, "another tag", version(registry.address+"/number_range:latest"), "1.1.0")
	equal(t, "a requirement", version(registry.address+"/a/b:latest", "--name", "number_range", "--version", "<1.1"), "1.0.0")
	equal(t, "a missing version", i.refused("udf", "push", registry.address+"/number_range:2.0.0"),
		"error: function number_range@2.0.0 failed to load: unknown version [2.0.0], published: [1.0.0], [1.1.0]")
	digest := "@sha256:" + strings.Repeat("0", 64)
	equal(t, "a digest", i.refused("udf", "push", registry.address+"/number_range"+digest),
		"error: cannot push to "+registry.address+"/number_range"+digest+": a digest follows from what is pushed; specify a tag")
}
