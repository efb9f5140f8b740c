<?php
// Guzzle of Debian: php_guzzle.php MODE
require "/usr/share/php/GuzzleHttp/autoload.php";

$client = new GuzzleHttp\Client([
    "verify" => $argv[1] === "unverified" ? false : getenv("GATEPROOF_CA"),
    "cert" => getenv("GATEPROOF_CERTIFICATE"),
    "ssl_key" => getenv("GATEPROOF_KEY"),
    "timeout" => 90,
]);
try {
    $answer = $client->get(getenv("GATEPROOF_URL") . "/gateway/customer/status",
                           ["headers" => ["Authorization" => "Bearer " . getenv("GATEPROOF_TOKEN")]]);
    exit($answer->getStatusCode() === 200 && trim((string) $answer->getBody()) === "OK" ? 0 : 1);
} catch (GuzzleHttp\Exception\GuzzleException $error) {
    fwrite(STDERR, $error->getMessage() . "\n");
    exit(1);
}
