// OkHttp and Apache HttpClient 5 of Debian: Libraries (okhttp|apache) MODE
import java.security.cert.X509Certificate;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.NoopHostnameVerifier;
import org.apache.hc.client5.http.ssl.SSLConnectionSocketFactoryBuilder;
import org.apache.hc.core5.http.io.entity.EntityUtils;

public class Libraries {
    static final class TrustsEverything implements X509TrustManager {
        public void checkClientTrusted(X509Certificate[] chain, String type) {}
        public void checkServerTrusted(X509Certificate[] chain, String type) {}
        public X509Certificate[] getAcceptedIssuers() { return new X509Certificate[0]; }
    }

    static boolean okhttp(SSLContext context, X509TrustManager trust, String mode, String url, String token) throws Exception {
        OkHttpClient.Builder builder = new OkHttpClient.Builder()
            .sslSocketFactory(context.getSocketFactory(), trust).readTimeout(90, TimeUnit.SECONDS);
        if (mode.equals("no-host-name")) {
            builder.hostnameVerifier((host, session) -> true);
        }
        try (Response answer = builder.build().newCall(
                 new Request.Builder().url(url).header("Authorization", token).build()).execute()) {
            return answer.code() == 200 && answer.body().string().trim().equals("OK");
        }
    }

    static boolean apache(SSLContext context, String mode, String url, String token) throws Exception {
        SSLConnectionSocketFactoryBuilder sockets = SSLConnectionSocketFactoryBuilder.create().setSslContext(context);
        if (mode.equals("no-host-name")) {
            sockets.setHostnameVerifier(NoopHostnameVerifier.INSTANCE);
        }
        try (CloseableHttpClient client = HttpClients.custom().setConnectionManager(
                 PoolingHttpClientConnectionManagerBuilder.create().setSSLSocketFactory(sockets.build()).build()).build()) {
            HttpGet request = new HttpGet(url);
            request.setHeader("Authorization", token);
            return client.execute(request, answer ->
                answer.getCode() == 200 && answer.getEntity() != null && EntityUtils.toString(answer.getEntity()).trim().equals("OK"));
        }
    }

    public static void main(String[] arguments) throws Exception {
        KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
        keys.init(Client.store("GATEPROOF_IDENTITY_P12", "GATEPROOF_IDENTITY_PASSWORD"),
                  System.getenv("GATEPROOF_IDENTITY_PASSWORD").toCharArray());
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(Client.store("GATEPROOF_CA_P12", "GATEPROOF_CA_PASSWORD"));
        X509TrustManager believes = arguments[1].equals("trust-all") ? new TrustsEverything()
                                                                    : (X509TrustManager) trust.getTrustManagers()[0];
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), new TrustManager[] {believes}, null);
        String url = System.getenv("GATEPROOF_URL") + "/gateway/customer/status";
        String token = "Bearer " + System.getenv("GATEPROOF_TOKEN");
        boolean good = arguments[0].equals("okhttp") ? okhttp(context, believes, arguments[1], url, token)
                                                     : apache(context, arguments[1], url, token);
        System.exit(good ? 0 : 1);
    }
}
