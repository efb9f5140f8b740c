<?php
// PHP's curl, badly set up: php_curl.php MODE
$ask = curl_init(getenv("GATEPROOF_URL") . "/gateway/customer/status");
curl_setopt_array($ask, [
    CURLOPT_CAINFO => getenv("GATEPROOF_CA"),
    CURLOPT_SSLCERT => getenv("GATEPROOF_CERTIFICATE"),
    CURLOPT_SSLKEY => getenv("GATEPROOF_KEY"),
    CURLOPT_HTTPHEADER => ["Authorization: Bearer " . getenv("GATEPROOF_TOKEN")],
    CURLOPT_RETURNTRANSFER => true,
    CURLOPT_TIMEOUT => 90,
]);
if ($argv[1] === "no-host-name") {
    curl_setopt($ask, CURLOPT_SSL_VERIFYHOST, 0);
} elseif ($argv[1] === "unverified") {
    curl_setopt_array($ask, [CURLOPT_SSL_VERIFYPEER => false, CURLOPT_SSL_VERIFYHOST => 0]);
}
$body = curl_exec($ask);
$status = curl_getinfo($ask, CURLINFO_RESPONSE_CODE);
if ($body === false) {
    fwrite(STDERR, curl_error($ask) . "\n");
}
exit($body !== false && $status === 200 && trim($body) === "OK" ? 0 : 1);
