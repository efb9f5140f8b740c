#!/bin/sh
# openssl s_client as an HTTP client: s_client.sh [OPTION...]
sed '1,/END CERTIFICATE/d' "$GATEPROOF_CERTIFICATE" >"$GATEPROOF_WORK/chain.pem"
request() {
    printf 'GET /gateway/customer/status HTTP/1.1\r\nHost: %s:%s\r\n' "$GATEPROOF_HOST" "$GATEPROOF_PORT"
    printf 'Authorization: Bearer %s\r\nConnection: close\r\n\r\n' "$GATEPROOF_TOKEN"
}
request | openssl s_client -quiet "$@" -servername "$GATEPROOF_HOST" -CAfile "$GATEPROOF_CA" \
    -cert "$GATEPROOF_CERTIFICATE" -cert_chain "$GATEPROOF_WORK/chain.pem" -key "$GATEPROOF_KEY" \
    -connect "$GATEPROOF_HOST:$GATEPROOF_PORT" >"$GATEPROOF_WORK/answer"
status=$?
cat "$GATEPROOF_WORK/answer"
[ "$status" = 0 ] && grep -q '^HTTP/1.1 200' "$GATEPROOF_WORK/answer"
