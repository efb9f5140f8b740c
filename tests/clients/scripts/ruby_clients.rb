# Ruby's net/http, and faraday of Debian over it: ruby_clients.rb LIBRARY MODE
require "net/http"
require "openssl"

library, mode = ARGV
address = URI(ENV["GATEPROOF_URL"] + "/gateway/customer/status")
headers = { "Authorization" => "Bearer " + ENV["GATEPROOF_TOKEN"] }
chain = OpenSSL::X509::Certificate.load(File.read(ENV["GATEPROOF_CERTIFICATE"]))
key = OpenSSL::PKey.read(File.read(ENV["GATEPROOF_KEY"]))

if library == "faraday"
  require "faraday"
  answer = Faraday.new(ssl: { ca_file: ENV["GATEPROOF_CA"], client_cert: chain.first, client_key: key,
                              verify: mode != "unverified" }).get(address, nil, headers)
  status, body = answer.status, answer.body
else
  https = Net::HTTP.new(address.host, address.port)
  https.use_ssl = true
  https.ca_file = ENV["GATEPROOF_CA"]
  https.cert = chain.first
  https.extra_chain_cert = chain.drop(1) unless mode == "leaf-alone"
  https.key = key
  https.verify_mode = OpenSSL::SSL::VERIFY_NONE if mode == "unverified"
  https.read_timeout = 90
  answer = https.request_get(address.path, headers)
  status, body = answer.code.to_i, answer.body
end
exit(status == 200 && body.to_s.strip == "OK")
