using System.Security.Cryptography;

namespace EspForge.Ota.Tests.Signing;

public sealed class Es256SigningKeyTests
{
    private static readonly byte[] Digest = SHA256.HashData("firmware"u8);

    [Fact]
    public void The_key_id_is_the_first_16_bytes_of_the_hash_of_the_public_key()
    {
        using var key = Es256SigningKey.Create();
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(key.PublicKey.Span)[..16]), key.KeyId);
        Assert.Equal(-7, key.CoseAlgorithm);
    }

    [Fact]
    public void A_signature_verifies_in_both_forms_and_with_no_other_key()
    {
        using var key = Es256SigningKey.Create();
        using var trusted = TrustedKey.Of(key).Value;
        using var other = TrustedKey.Of(Es256SigningKey.Create()).Value;
        var raw = key.SignHash(Digest);
        var der = key.SignHashDer(Digest);

        Assert.Equal(64, raw.Length);
        Assert.True(trusted.VerifyHash(Digest, raw));
        Assert.True(trusted.VerifyHashDer(Digest, der));
        Assert.False(other.VerifyHash(Digest, raw));
        Assert.False(trusted.VerifyHash(Digest, der));
        Assert.False(trusted.VerifyHashDer(Digest, raw));
        Assert.False(trusted.VerifyHash(Digest, []));
        Assert.False(trusted.VerifyHash([], raw));
    }

    [Fact]
    public void An_exported_key_comes_back_the_same()
    {
        using var key = Es256SigningKey.Create();
        using var again = Es256SigningKey.Import(key.ExportPem()).Value;
        Assert.Equal(key.KeyId, again.KeyId);
        Assert.StartsWith("-----BEGIN PRIVATE KEY-----\n", key.ExportPem(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    [InlineData("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n")]
    public void What_is_no_private_key_is_refused_with_a_sentence(string pem)
    {
        var outcome = Es256SigningKey.Import(pem);
        Assert.Equal("key-malformed", outcome.Fault?.Code);
        Assert.NotEmpty(outcome.Fault!.Message);
    }

    [Theory]
    [InlineData("secp384r1")]
    [InlineData("secp256k1")]
    [InlineData("brainpoolP256r1")]
    public void A_key_of_another_curve_is_refused(string curve)
    {
        var (exit, pem) = OpenSsl.Run("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:" + curve);
        Assert.Equal(0, exit);
        Assert.Equal("key-malformed", Es256SigningKey.Import(pem).Fault?.Code);
    }

    [Fact]
    public void Keys_of_openssl_are_read_in_both_of_its_forms()
    {
        var (exit, pkcs8) = OpenSsl.Run("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256");
        Assert.Equal(0, exit);
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("key.pem"), pkcs8);
        var (sec1Exit, sec1) = OpenSsl.Run("ec", "-in", folder.File("key.pem"));
        Assert.Equal(0, sec1Exit);
        Assert.Equal(Es256SigningKey.Import(pkcs8).Value.KeyId, Es256SigningKey.Import(sec1).Value.KeyId);
    }

    [Fact]
    public void Many_threads_may_sign_and_verify_with_one_key()
    {
        using var key = Es256SigningKey.Create();
        using var trusted = TrustedKey.Of(key).Value;
        Parallel.For(0, 200, i =>
        {
            var digest = SHA256.HashData(BitConverter.GetBytes(i));
            Assert.True(trusted.VerifyHash(digest, key.SignHash(digest)));
        });
    }
}
