// The tool for packages of WebAssembly, wkg.
package oci

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// wkg is the path of the program; without it, the test is skipped.
func wkg(t *testing.T) string {
	t.Helper()
	program := os.Getenv("WKG")
	if program == "" {
		t.Skip("wkg is not installed")
	}
	return program
}

func TestWkgPullsWhatIsPushed(t *testing.T) {
	wkg, registry, i := wkg(t), startRegistry(t, false), newInstallation(t)
	i.publish("1.0.0")
	reference := registry.address + "/number_range:1.0.0"
	i.quidditch("udf", "push", reference)
	i.run(wkg, "oci", "pull", "--insecure", registry.address, "--output", "pulled.wasm", reference)
	expected, err := os.ReadFile(component())
	must(t, err)
	if !bytes.Equal(i.read("pulled.wasm"), expected) {
		t.Fatal("wkg pulls other bytes")
	}
}

func TestWhatWkgPushesIsPulled(t *testing.T) {
	wkg, registry, i := wkg(t), startRegistry(t, false), newInstallation(t)
	reference := registry.address + "/number_range:1.0.0"
	i.run(wkg, "oci", "push", "--insecure", registry.address, reference, component())
	if published := i.quidditch("udf", "pull", reference); !strings.HasPrefix(published, "published number_range@1.0.0 (") {
		t.Fatalf("it printed %s", published)
	}
}

func TestWkgFetchesTheContract(t *testing.T) {
	wkg, registry, i := wkg(t), startRegistry(t, false), newInstallation(t)
	i.run(wkg, "oci", "push", "--insecure", registry.address, registry.address+"/quidditch/udf:0.2.0", os.Getenv("CONTRACT"))
	config := fmt.Sprintf(`default_registry = %[1]q
[namespace_registries]
quidditch = %[1]q
[registry.%[1]q]
type = "oci"
[registry.%[1]q.oci]
protocol = "http"
`, registry.address)
	i.file("wkg.toml", []byte(config))
	i.run(wkg, "get", "--config", "wkg.toml", "--cache", filepath.Join(i.folder, "cache"), "--format", "wit", "--output", "udf.wit", "quidditch:udf@0.2.0")
	text := string(i.read("udf.wit"))
	for _, expected := range []string{"package quidditch:udf@0.2.0;", "interface filter {", "world values-udf {"} {
		if !strings.Contains(text, expected) {
			t.Fatalf("[%s] is missing in %s", expected, text)
		}
	}
}
