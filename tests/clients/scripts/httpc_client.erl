%% Erlang's httpc: httpc MODE. OTP 25 verifies nothing unless it is told to.
-module(httpc_client).
-export([main/1]).

main([Mode]) ->
    {ok, _} = application:ensure_all_started(ssl),
    {ok, _} = application:ensure_all_started(inets),
    Trust = case Mode of
        "as-shipped" -> [];
        "chain-alone" -> [{verify, verify_peer}, {cacertfile, os:getenv("GATEPROOF_CA")},
                          {server_name_indication, disable}];
        "sound" -> [{verify, verify_peer}, {cacertfile, os:getenv("GATEPROOF_CA")},
                    {customize_hostname_check, [{match_fun, public_key:pkix_verify_hostname_match_fun(https)}]}]
    end,
    Identity = [{certfile, os:getenv("GATEPROOF_CERTIFICATE")}, {keyfile, os:getenv("GATEPROOF_KEY")}],
    Url = os:getenv("GATEPROOF_URL") ++ "/gateway/customer/status",
    Headers = [{"Authorization", "Bearer " ++ os:getenv("GATEPROOF_TOKEN")}],
    case httpc:request(get, {Url, Headers}, [{ssl, Trust ++ Identity}, {timeout, 90000}], []) of
        {ok, {{_, 200, _}, _, Body}} ->
            halt(case string:trim(Body) of "OK" -> 0; _ -> 1 end);
        Other -> io:format(standard_error, "~p~n", [Other]), halt(1)
    end.
