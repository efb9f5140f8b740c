# Mojo::UserAgent of Debian: perl_mojo.pl MODE
use strict;
use warnings;
use Mojo::UserAgent;

my $agent = Mojo::UserAgent->new(ca => $ENV{GATEPROOF_CA}, cert => $ENV{GATEPROOF_CERTIFICATE}, key => $ENV{GATEPROOF_KEY},
                                 inactivity_timeout => 90, insecure => $ARGV[0] eq "unverified");
my $call = $agent->get("$ENV{GATEPROOF_URL}/gateway/customer/status", {Authorization => "Bearer $ENV{GATEPROOF_TOKEN}"});
if (my $error = $call->error) {
    print STDERR "$error->{message}\n";
    exit 1;
}
exit($call->res->code == 200 && $call->res->body =~ /\A\s*OK\s*\z/ ? 0 : 1);
