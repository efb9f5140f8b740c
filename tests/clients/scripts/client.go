// Go's net/http, well and badly set up: client MODE
package main

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net/http"
	"os"
	"strings"
	"time"
)

func main() {
	certificate, err := tls.LoadX509KeyPair(os.Getenv("GATEPROOF_CERTIFICATE"), os.Getenv("GATEPROOF_KEY"))
	if err != nil {
		log.Fatal(err)
	}
	ca, err := os.ReadFile(os.Getenv("GATEPROOF_CA"))
	if err != nil {
		log.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	config := &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{certificate}}
	switch os.Args[1] {
	case "unverified":
		config.InsecureSkipVerify = true
	case "published-suites":
		config.CipherSuites = []uint16{
			tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
			tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
			tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
		}
	case "old-versions":
		config.MinVersion = tls.VersionTLS10
	}
	client := &http.Client{Timeout: 90 * time.Second, Transport: &http.Transport{TLSClientConfig: config}}
	request, err := http.NewRequest("GET", os.Getenv("GATEPROOF_URL")+"/gateway/customer/status", nil)
	if err != nil {
		log.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+os.Getenv("GATEPROOF_TOKEN"))
	answer, err := client.Do(request)
	if err != nil {
		log.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		log.Fatal(err)
	}
	if answer.StatusCode != 200 || strings.TrimSpace(string(body)) != "OK" {
		log.Fatal(answer.Status)
	}
}
