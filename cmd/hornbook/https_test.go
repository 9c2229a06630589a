package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// certificate writes one for this machine, and its key.
func certificate(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	public, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	for name, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: public}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

// By https, as browsers want it of other machines, they speak HTTP/2: page, put and get
// are the same there.
func TestServeByHTTPS(t *testing.T) {
	builtPage(t)
	cert, key := certificate(t)
	f, err := (&sharing{dir: t.TempDir(), uploads: true, room: 1}).open(io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	defer f.close()
	server, url, err := startWith("127.0.0.1:0", cert, key, f.beside)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	do := func(method, path, body string) (*http.Response, string) {
		t.Helper()
		r, _ := http.NewRequest(method, url+path, strings.NewReader(body))
		sum := sha256.Sum256([]byte(body))
		r.Header.Set("Hornbook-SHA256", hex.EncodeToString(sum[:]))
		r.Header.Set("Origin", url)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		answer, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer, string(text)
	}
	if answer, _ := do("GET", "/", ""); answer.StatusCode != 200 || answer.ProtoMajor != 2 {
		t.Errorf("the page: %s by %s", answer.Status, answer.Proto)
	}
	answer, text := do("POST", "/api/share?kind=task", aTask)
	_, rest, _ := strings.Cut(text, `"id":"`)
	if answer.StatusCode != 201 || len(rest) < 26 {
		t.Fatalf("a put: %s %s", answer.Status, text)
	}
	if answer, text := do("GET", "/api/share/"+rest[:26], ""); answer.StatusCode != 200 || text != aTask {
		t.Errorf("a get: %s %s", answer.Status, text)
	}
	if answer, text := do("POST", "/api/class", ""); answer.StatusCode != 201 {
		t.Errorf("a class: %s %s", answer.Status, text)
	}
}
