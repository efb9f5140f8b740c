// OpenJDK's HttpURLConnection files a document: Submit (fresh|used). "used" reads before it, over the same connection.
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.security.KeyStore;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

public class Submit {
    static KeyStore store(String file, String password) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (FileInputStream in = new FileInputStream(System.getenv(file))) {
            store.load(in, System.getenv(password).toCharArray());
        }
        return store;
    }

    static HttpsURLConnection to(String path, SSLSocketFactory factory) throws Exception {
        HttpsURLConnection connection = (HttpsURLConnection) new URL(System.getenv("GATEPROOF_URL") + path).openConnection();
        connection.setSSLSocketFactory(factory);
        connection.setRequestProperty("Authorization", "Bearer " + System.getenv("GATEPROOF_TOKEN"));
        connection.setReadTimeout(5_000);
        return connection;
    }

    static int answered(HttpsURLConnection connection) throws IOException {
        int status = connection.getResponseCode();
        try (InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            if (in != null) {
                in.readAllBytes();
            }
        }
        return status;
    }

    public static void main(String[] arguments) throws Exception {
        KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
        keys.init(store("GATEPROOF_IDENTITY_P12", "GATEPROOF_IDENTITY_PASSWORD"),
                  System.getenv("GATEPROOF_IDENTITY_PASSWORD").toCharArray());
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(store("GATEPROOF_CA_P12", "GATEPROOF_CA_PASSWORD"));
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        SSLSocketFactory factory = context.getSocketFactory();  // connections of two of them are never shared
        if (arguments[0].equals("used") && answered(to("/gateway/customer/status", factory)) != 200) {
            System.exit(1);
        }
        HttpsURLConnection connection = to("/gateway/document/document", factory);
        connection.setDoOutput(true);
        connection.setRequestProperty("Content-Type", "application/json");
        connection.getOutputStream().write(
            ("{\"FileName\": \"return.pdf\", \"Document\": \"aGVsbG8=\", \"Description\": \"A return\", "
             + "\"DocumentLocationID\": \"1\"}").getBytes("UTF-8"));
        System.exit(answered(connection) == 200 ? 0 : 1);
    }
}
