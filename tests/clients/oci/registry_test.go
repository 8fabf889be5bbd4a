// A registry on this machine, and the programs that use it.
package oci

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The password "secret" of the user ada.
const users = "ada:$2b$04$midxd2AaECMhEWCCLh00HuaaM9lKXjU1.f4gJt75tXUwyhKBTa.Fy\n"

var listening = regexp.MustCompile(`listening on (127\.0\.0\.1:\d+)`)

// registry is a running registry.
type registry struct {
	// host and port
	address string
	// where it keeps what is pushed
	folder string
}

// startRegistry starts a registry that serves everyone, or with authentication only ada.
func startRegistry(t *testing.T, authentication bool) registry {
	t.Helper()
	folder := t.TempDir()
	config := fmt.Sprintf("version: 0.1\nstorage: {filesystem: {rootdirectory: %q}}\nhttp: {addr: \"127.0.0.1:0\"}\n", folder)
	if authentication {
		file := filepath.Join(t.TempDir(), "htpasswd")
		write(t, file, []byte(users))
		config += fmt.Sprintf("auth: {htpasswd: {realm: test, path: %q}}\n", file)
	}
	file := filepath.Join(t.TempDir(), "config.yml")
	write(t, file, []byte(config))
	process := exec.Command(os.Getenv("REGISTRY"), "serve", file)
	process.Env = append(os.Environ(), "OTEL_TRACES_EXPORTER=none")
	log, err := process.StderrPipe()
	must(t, err)
	process.Stdout = process.Stderr
	must(t, process.Start())
	t.Cleanup(func() {
		process.Process.Kill()
		process.Wait()
	})
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		if found := listening.FindStringSubmatch(lines.Text()); found != nil {
			// It must be able to write on.
			go io.Copy(io.Discard, log)
			return registry{address: found[1], folder: folder}
		}
	}
	t.Fatal("the registry does not listen")
	return registry{}
}

// blob is the file in which the registry keeps a blob or a manifest.
func (r registry) blob(digest string) string {
	hex := strings.TrimPrefix(digest, "sha256:")
	return filepath.Join(r.folder, "docker/registry/v2/blobs/sha256", hex[:2], hex, "data")
}

// installation is a store, and a folder in which the programs run.
type installation struct {
	t      *testing.T
	folder string
	// in which the credentials are
	docker string
}

func newInstallation(t *testing.T) installation {
	t.Helper()
	return installation{t: t, folder: t.TempDir(), docker: t.TempDir()}
}

// try runs a program; returns what it prints, and whether it succeeds.
func (i installation) try(program string, arguments ...string) (string, bool) {
	i.t.Helper()
	command := exec.Command(program, arguments...)
	command.Dir = i.folder
	command.Env = append(os.Environ(), "DOCKER_CONFIG="+i.docker, "QUIDDITCH_STORE="+filepath.Join(i.folder, "store"), "QUIDDITCH_USER=ada")
	output, err := command.CombinedOutput()
	return string(output), err == nil
}

// run runs a program that must succeed; returns what it prints.
func (i installation) run(program string, arguments ...string) string {
	i.t.Helper()
	output, ok := i.try(program, arguments...)
	if !ok {
		i.t.Fatalf("%s %v failed: %s", filepath.Base(program), arguments, output)
	}
	return output
}

func (i installation) quidditch(arguments ...string) string {
	i.t.Helper()
	return i.run(os.Getenv("QUIDDITCH"), arguments...)
}

func (i installation) oras(arguments ...string) string {
	i.t.Helper()
	return i.run(os.Getenv("ORAS"), append(arguments, "--plain-http")...)
}

// refused runs a command that must fail; returns its error.
func (i installation) refused(arguments ...string) string {
	i.t.Helper()
	output, ok := i.try(os.Getenv("QUIDDITCH"), arguments...)
	if ok {
		i.t.Fatalf("quidditch %v did not fail: %s", arguments, output)
	}
	return strings.TrimSpace(output)
}

// publish publishes the function number_range as a version.
func (i installation) publish(version string) {
	i.t.Helper()
	i.quidditch("udf", "publish", component(), "--version", version)
}

// component is the path of the component of number_range.
func component() string {
	return os.Getenv("COMPONENT")
}

// file writes a file in the folder; returns its name.
func (i installation) file(name string, content []byte) string {
	i.t.Helper()
	write(i.t, filepath.Join(i.folder, name), content)
	return name
}

// read reads a file in the folder.
func (i installation) read(name string) []byte {
	i.t.Helper()
	content, err := os.ReadFile(filepath.Join(i.folder, name))
	must(i.t, err)
	return content
}

// login writes docker's file of credentials.
func (i installation) login(json string) {
	i.t.Helper()
	write(i.t, filepath.Join(i.docker, "config.json"), []byte(json))
}

func write(t *testing.T, path string, content []byte) {
	t.Helper()
	must(t, os.WriteFile(path, content, 0o644))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// equal compares texts.
func equal(t *testing.T, what, actual, expected string) {
	t.Helper()
	if actual != expected {
		t.Fatalf("%s is\n%s\nexpected\n%s", what, actual, expected)
	}
}
