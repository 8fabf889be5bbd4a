// Components that are signed as cosign does it.
package oci

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"
)

// newKey makes a key; returns it, and the name of a file with its public part.
func newKey(i installation, name string) (*ecdsa.PrivateKey, string) {
	i.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(i.t, err)
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	must(i.t, err)
	return key, i.file(name, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public}))
}

// sign pushes a signature of what has this digest in the repository.
func sign(i installation, key *ecdsa.PrivateKey, repository, digest string) {
	i.t.Helper()
	document := fmt.Sprintf(`{"critical": {"identity": {"docker-reference": ""}, "image": {"docker-manifest-digest": %q}, `+
		`"type": "cosign container image signature"}, "optional": null}`, digest)
	hash := sha256.Sum256([]byte(document))
	signature, err := ecdsa.SignASN1(rand.Reader, key, hash[:])
	must(i.t, err)
	// JSON has bytes in Base64, as the annotation does.
	annotations, err := json.Marshal(map[string]any{"document.json": map[string]any{"dev.cosignproject.cosign/signature": signature}})
	must(i.t, err)
	i.file("document.json", []byte(document))
	i.file("annotations.json", annotations)
	i.oras("push", repository+":"+strings.Replace(digest, ":", "-", 1)+".sig", "--annotation-file", "annotations.json",
		"document.json:application/vnd.dev.cosign.simplesigning.v1+json")
}

func TestOnlySignedComponentsArePulledWithAKey(t *testing.T) {
	registry, i := startRegistry(t, false), newInstallation(t)
	repository := registry.address + "/team/number_range"
	reference := repository + ":1.0.0"
	digest := push(i, reference)
	key, public := newKey(i, "cosign.pub")
	_, other := newKey(i, "other.pub")
	pull := []string{"udf", "pull", reference, "--cosign-key"}
	bundle := []string{"bundle", "--output", "app.wasm", "--function", "oci://" + reference, "--cosign-key"}
	for _, command := range [][]string{pull, bundle} {
		equal(t, "an unsigned component", i.refused(append(command, public)...),
			"error: "+reference+" has no cosign signature, and must have one by one of the given keys")
	}

	sign(i, key, repository, digest)
	for _, command := range [][]string{pull, bundle} {
		equal(t, "another key", i.refused(append(command, other)...),
			"error: "+reference+" has no valid cosign signature by one of the given keys: a signature was made with another key, or is damaged")
	}
	if published := i.quidditch(append(pull, public)...); !strings.HasPrefix(published, "published number_range@1.0.0 (") {
		t.Fatalf("it printed %s", published)
	}
	if bundled := i.quidditch(append(bundle, other, "--cosign-key", public)...); !strings.HasSuffix(bundled, " with 1 function: number_range@1.0.0\n") {
		t.Fatalf("it printed %s", bundled)
	}
}
