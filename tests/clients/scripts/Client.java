// OpenJDK's two HTTP clients, well and badly set up: Client (client|connection) MODE
import java.io.FileInputStream;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

public class Client {
    static KeyStore store(String file, String password) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (FileInputStream in = new FileInputStream(System.getenv(file))) {
            store.load(in, System.getenv(password).toCharArray());
        }
        return store;
    }

    static final class TrustsEverything extends X509ExtendedTrustManager {
        public void checkClientTrusted(X509Certificate[] chain, String type) {}
        public void checkServerTrusted(X509Certificate[] chain, String type) {}
        public void checkClientTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {}
        public void checkServerTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {}
        public void checkClientTrusted(X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}
        public void checkServerTrusted(X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}
        public X509Certificate[] getAcceptedIssuers() { return new X509Certificate[0]; }
    }

    static SSLContext context(String mode) throws Exception {
        KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
        keys.init(store("GATEPROOF_IDENTITY_P12", "GATEPROOF_IDENTITY_PASSWORD"),
                  System.getenv("GATEPROOF_IDENTITY_PASSWORD").toCharArray());
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(store("GATEPROOF_CA_P12", "GATEPROOF_CA_PASSWORD"));
        TrustManager[] everything = {new TrustsEverything()};
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(mode.equals("no-certificate") ? null : keys.getKeyManagers(),
                     mode.equals("trust-all") ? everything : trust.getTrustManagers(), null);
        return context;
    }

    public static void main(String[] arguments) throws Exception {
        if (arguments[1].equals("no-host-name")) {
            System.setProperty("jdk.internal.httpclient.disableHostnameVerification", "true");
        }
        SSLContext context = context(arguments[1]);
        String url = System.getenv("GATEPROOF_URL") + "/gateway/customer/status";
        String token = "Bearer " + System.getenv("GATEPROOF_TOKEN");
        int status;
        String body;
        if (arguments[0].equals("client")) {
            HttpClient client = HttpClient.newBuilder().sslContext(context).version(HttpClient.Version.HTTP_1_1).build();
            HttpRequest request = HttpRequest.newBuilder(URI.create(url)).header("Authorization", token)
                                             .timeout(Duration.ofSeconds(90)).build();
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            status = answer.statusCode();
            body = answer.body();
        } else {
            HttpsURLConnection connection = (HttpsURLConnection) new URL(url).openConnection();
            connection.setSSLSocketFactory(context.getSocketFactory());
            if (arguments[1].equals("no-host-name")) {
                connection.setHostnameVerifier((host, session) -> true);
            }
            connection.setRequestProperty("Authorization", token);
            if (!arguments[1].equals("without-time")) {
                connection.setReadTimeout(20_000);
            }
            status = connection.getResponseCode();
            body = new String(connection.getInputStream().readAllBytes());
        }
        System.exit(status == 200 && body.strip().equals("OK") ? 0 : 1);
    }
}
