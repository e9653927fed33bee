package io.tollkeeper.localcluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority of one cluster's own, for a week, and what it signed, as PEM files in one folder. */
final class Certificates {
    /** A certificate and its key, as files. */
    record Identity(Path certificate, Path key) {}

    private static final Duration VALIDITY = Duration.ofDays(7);

    private final Path folder;
    private final SecureRandom random = new SecureRandom();
    private final KeyPair authorityKey;
    private final X500Name authority = new X500Name("CN=tollkeeper-local-cluster");
    private final Path authorityFile;

    Certificates(Path folder) {
        try {
            this.folder = Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            authorityKey = newEcKey();
            var builder = builder(authority, authorityKey)
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(true))
                    .addExtension(
                            Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.digitalSignature));
            authorityFile = write("ca.crt", "CERTIFICATE", sign(builder).getEncoded());
        } catch (IOException | CertificateEncodingException e) {
            throw new IllegalStateException("the certificate authority cannot be made", e);
        }
    }

    /** Certificate of the authority. */
    Path authority() {
        return authorityFile;
    }

    /** A server's identity for the given DNS names and addresses. */
    Identity server(String file, List<String> names, List<String> addresses) {
        var alternatives = new java.util.ArrayList<GeneralName>();
        names.forEach(name -> alternatives.add(new GeneralName(GeneralName.dNSName, name)));
        addresses.forEach(address -> alternatives.add(new GeneralName(GeneralName.iPAddress, address)));
        try {
            var key = newEcKey();
            var builder = builder(new X500Name("CN=" + file), key)
                    .addExtension(
                            Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
                    .addExtension(
                            Extension.subjectAlternativeName,
                            false,
                            new GeneralNames(alternatives.toArray(GeneralName[]::new)));
            return identity(file, builder, key);
        } catch (CertIOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A client's identity for Kubernetes: CN is the user, O the group. RSA, since fabric8 reads no EC keys in PKCS#8. */
    Identity client(String file, String user, String group) {
        try {
            var generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048, random);
            var key = generator.generateKeyPair();
            var builder = builder(new X500Name("O=" + group + ",CN=" + user), key)
                    .addExtension(
                            Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth));
            return identity(file, builder, key);
        } catch (GeneralSecurityException | CertIOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Key that signs ServiceAccount tokens, and the public half of it, as files. */
    record SigningKey(Path publicKey, Path privateKey) {}

    SigningKey signingKey(String file) {
        var key = newEcKey();
        return new SigningKey(
                write(file + ".pub", "PUBLIC KEY", key.getPublic().getEncoded()),
                write(file + ".key", "PRIVATE KEY", key.getPrivate().getEncoded()));
    }

    private Identity identity(String file, X509v3CertificateBuilder builder, KeyPair key) {
        try {
            return new Identity(
                    write(file + ".crt", "CERTIFICATE", sign(builder).getEncoded()),
                    write(file + ".key", "PRIVATE KEY", key.getPrivate().getEncoded()));
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }

    private X509v3CertificateBuilder builder(X500Name subject, KeyPair key) {
        var now = Instant.now();
        return new JcaX509v3CertificateBuilder(
                authority,
                new BigInteger(120, random),
                Date.from(now.minus(Duration.ofHours(1))),
                Date.from(now.plus(VALIDITY)),
                subject,
                key.getPublic());
    }

    private X509Certificate sign(X509v3CertificateBuilder builder) {
        try {
            var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(authorityKey.getPrivate());
            return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
        } catch (OperatorCreationException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private KeyPair newEcKey() {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private Path write(String name, String type, byte[] der) {
        var pem = "-----BEGIN " + type + "-----\n"
                + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                        .encodeToString(der)
                + "\n-----END " + type + "-----\n";
        try {
            return Files.writeString(folder.resolve(name), pem);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
