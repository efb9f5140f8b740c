-- LuaSec's ssl.https: luasec.lua MODE. It verifies nothing unless it is told to, and has no check of names.
local https = require("ssl.https")
local ltn12 = require("ltn12")

local parts = {}
local options = {
  url = os.getenv("GATEPROOF_URL") .. "/gateway/customer/status",
  headers = { Authorization = "Bearer " .. os.getenv("GATEPROOF_TOKEN") },
  certificate = os.getenv("GATEPROOF_CERTIFICATE"),
  key = os.getenv("GATEPROOF_KEY"),
  sink = ltn12.sink.table(parts),
}
if arg[1] == "chain" then
  options.verify = { "peer", "fail_if_no_peer_cert" }
  options.cafile = os.getenv("GATEPROOF_CA")
  options.protocol = "any"
  options.options = { "all", "no_sslv2", "no_sslv3", "no_tlsv1", "no_tlsv1_1" }
end
local done, status = https.request(options)
if not done then
  io.stderr:write(tostring(status), "\n")
end
os.exit(done and status == 200 and table.concat(parts):match("^%s*OK%s*$") and 0 or 1)
