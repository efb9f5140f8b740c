# LWP of Debian: perl_lwp.pl MODE
use strict;
use warnings;
use LWP::UserAgent;

my $agent = LWP::UserAgent->new(timeout => 90, ssl_opts => {
    SSL_ca_file => $ENV{GATEPROOF_CA}, SSL_cert_file => $ENV{GATEPROOF_CERTIFICATE}, SSL_key_file => $ENV{GATEPROOF_KEY},
    verify_hostname => 1, $ARGV[0] eq "unverified" ? (verify_hostname => 0, SSL_verify_mode => 0) : ()});
my $answer = $agent->get("$ENV{GATEPROOF_URL}/gateway/customer/status", Authorization => "Bearer $ENV{GATEPROOF_TOKEN}");
print STDERR $answer->status_line, "\n" unless $answer->is_success;
# A body that ended early is told of in a field alone.
my $cut = $ARGV[0] eq "asks-whether-cut" && ($answer->header("Client-Aborted") || $answer->header("X-Died"));
exit($answer->code == 200 && !$cut && $answer->decoded_content =~ /\A\s*OK\s*\z/ ? 0 : 1);
