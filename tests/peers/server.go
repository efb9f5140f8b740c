// A crypto/tls endpoint: net/http on 127.0.0.1. Arguments: certificate and key (PEM), client CA (PEM), the OCSP response
// to staple, the oldest version (1.0 or 1.2), client authentication (require, any, given or none), cipher suites by number
// (with commas; empty: its own).
package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
)

func read(path string) []byte {
	bytes, err := os.ReadFile(path)
	if err != nil {
		log.Fatal(err)
	}
	return bytes
}

func configuration(arguments []string) *tls.Config {
	certificate, err := tls.LoadX509KeyPair(arguments[0], arguments[1])
	if err != nil {
		log.Fatal(err)
	}
	certificate.OCSPStaple = read(arguments[3])
	clients := x509.NewCertPool()
	clients.AppendCertsFromPEM(read(arguments[2]))
	oldest := map[string]uint16{"1.0": tls.VersionTLS10, "1.2": tls.VersionTLS12}[arguments[4]]
	asked := map[string]tls.ClientAuthType{
		"require": tls.RequireAndVerifyClientCert,
		"given":   tls.VerifyClientCertIfGiven,
		"any":     tls.RequireAnyClientCert,
		"none":    tls.NoClientCert,
	}[arguments[5]]
	var suites []uint16
	for _, number := range strings.Split(arguments[6], ",") {
		if suite, err := strconv.ParseUint(number, 16, 16); err == nil {
			suites = append(suites, uint16(suite))
		}
	}
	return &tls.Config{
		Certificates: []tls.Certificate{certificate}, ClientCAs: clients, ClientAuth: asked,
		MinVersion: oldest, CipherSuites: suites,
	}
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("/gateway/customer-service/status", func(answer http.ResponseWriter, request *http.Request) {
		fmt.Fprint(answer, "OK\n")
	})
	server := &http.Server{TLSConfig: configuration(os.Args[1:])}
	fmt.Printf("port %d;\n", listener.Addr().(*net.TCPAddr).Port)
	log.Fatal(server.ServeTLS(listener, "", ""))
}
