// Registries that know their users.
package oci

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func basic(address, user, password string) string {
	auth := base64.StdEncoding.EncodeToString([]byte(user + ":" + password))
	return fmt.Sprintf(`{"auths": {%q: {"auth": %q}}}`, address, auth)
}

func TestDockersCredentialsAreUsed(t *testing.T) {
	registry, i := startRegistry(t, true), newInstallation(t)
	i.publish("1.0.0")
	reference := registry.address + "/number_range:1.0.0"
	denied := "error: OCI registry [" + registry.address + "] denies access: log in with `docker login " + registry.address + "`, or check what you may do there: "
	for _, command := range []string{"push", "pull"} {
		if message := i.refused("udf", command, reference); !strings.HasPrefix(message, denied) {
			t.Fatal(message)
		}
		i.login(basic(registry.address, "ada", "wrong"))
		if message := i.refused("udf", command, reference); !strings.HasPrefix(message, denied) {
			t.Fatal(message)
		}
		i.login(basic(registry.address, "ada", "secret"))
		i.quidditch("udf", command, reference, "--version", "1.0.0")
		i.login("{}")
	}
}

func TestACredentialHelperIsUsed(t *testing.T) {
	registry, i := startRegistry(t, true), newInstallation(t)
	i.publish("1.0.0")
	programs := t.TempDir()
	t.Setenv("PATH", programs+string(os.PathListSeparator)+os.Getenv("PATH"))
	helper := func(script string) {
		t.Helper()
		must(t, os.WriteFile(filepath.Join(programs, "docker-credential-test"), []byte("#!/bin/sh\n"+script), 0o755))
	}
	i.login(`{"credsStore": "test"}`)
	helper(`server=$(cat) && test "$server" = "` + registry.address + `" && echo '{"Username": "ada", "Secret": "secret"}'` + "\n")
	i.quidditch("udf", "push", registry.address+"/number_range:1.0.0")

	helper("cat >/dev/null; echo 'credentials not found in native keychain'; exit 1\n")
	if message := i.refused("udf", "push", registry.address+"/number_range:1.0.0"); !strings.Contains(message, "denies access") {
		t.Fatal(message)
	}
	helper("cat >/dev/null; echo 'locked' >&2; exit 1\n")
	if message := i.refused("udf", "push", registry.address+"/number_range:1.0.0"); !strings.HasPrefix(message,
		"error: cannot read the credentials for OCI registry ["+registry.address+"]") || !strings.Contains(message, "locked") {
		t.Fatal(message)
	}
}
