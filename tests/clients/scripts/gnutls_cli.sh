#!/bin/sh
# gnutls-cli as an HTTP client: gnutls_cli.sh [OPTION...]. It ends when its input does, so its input stays open.
mkfifo "$GATEPROOF_WORK/request"
exec 3<>"$GATEPROOF_WORK/request"
printf 'GET /gateway/customer/status HTTP/1.1\r\nHost: %s:%s\r\n' "$GATEPROOF_HOST" "$GATEPROOF_PORT" >&3
printf 'Authorization: Bearer %s\r\nConnection: close\r\n\r\n' "$GATEPROOF_TOKEN" >&3
gnutls-cli "$@" --x509cafile "$GATEPROOF_CA" --x509certfile "$GATEPROOF_CERTIFICATE" --x509keyfile "$GATEPROOF_KEY" \
    --port "$GATEPROOF_PORT" "$GATEPROOF_HOST" <&3 >"$GATEPROOF_WORK/answer"
status=$?
cat "$GATEPROOF_WORK/answer"
[ "$status" = 0 ] && grep -q '^HTTP/1.1 200' "$GATEPROOF_WORK/answer"
