namespace EspForge.Ota.Tests.Signing;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class SigningKeyFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_first_start_makes_a_key_and_the_second_reads_it()
    {
        var path = _folder.File("keys/signing.pem");
        using var first = SigningKeyFile.LoadOrCreate(path).Value;
        using var second = SigningKeyFile.LoadOrCreate(path).Value;
        Assert.Equal(first.KeyId, second.KeyId);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal([path], Directory.GetFiles(_folder.File("keys")));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    public void A_file_that_others_may_touch_is_refused(UnixFileMode extra)
    {
        var path = _folder.File("signing.pem");
        SigningKeyFile.Create(path).Value.Dispose();
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | extra);

        var outcome = SigningKeyFile.LoadOrCreate(path);
        Assert.Equal("key-file-open", outcome.Fault?.Code);
        Assert.Contains("chmod 600", outcome.Fault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_read_only_key_is_fine()
    {
        var path = _folder.File("signing.pem");
        SigningKeyFile.Create(path).Value.Dispose();
        File.SetUnixFileMode(path, UnixFileMode.UserRead);
        Assert.True(SigningKeyFile.Load(path).IsSuccess);
    }

    [Fact]
    public void A_key_is_never_overwritten()
    {
        var path = _folder.File("signing.pem");
        SigningKeyFile.Create(path).Value.Dispose();
        var before = File.ReadAllText(path);
        Assert.Equal("key-file-exists", SigningKeyFile.Create(path).Fault?.Code);
        Assert.Equal(before, File.ReadAllText(path));
    }

    [Fact]
    public void A_broken_file_is_refused_and_kept()
    {
        var path = _folder.File("signing.pem");
        File.WriteAllText(path, "not a key");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Equal("key-malformed", SigningKeyFile.LoadOrCreate(path).Fault?.Code);
        Assert.Equal("not a key", File.ReadAllText(path));
    }

    [Fact]
    public void A_missing_file_and_a_folder_in_its_place_are_faults()
    {
        Assert.Equal("key-file-missing", SigningKeyFile.Load(_folder.File("none.pem")).Fault?.Code);
        Directory.CreateDirectory(_folder.File("folder"));
        Assert.False(SigningKeyFile.LoadOrCreate(_folder.File("folder")).IsSuccess);
    }

    [Fact]
    public void Hosts_that_start_at_once_end_up_with_one_key()
    {
        var path = _folder.File("signing.pem");
        var ids = new string[16];
        Parallel.For(0, ids.Length, new ParallelOptions { MaxDegreeOfParallelism = 16 }, i => ids[i] = SigningKeyFile.LoadOrCreate(path).Value.KeyId);
        Assert.Single(ids.Distinct());
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.tmp"));
    }

    [Fact]
    public void Openssl_reads_the_file()
    {
        var path = _folder.File("signing.pem");
        using var key = SigningKeyFile.Create(path).Value;
        var (exit, text) = OpenSsl.Run("pkey", "-in", path, "-noout", "-text");
        Assert.Equal(0, exit);
        Assert.Contains("prime256v1", text, StringComparison.Ordinal);

        var (_, publicPem) = OpenSsl.Run("pkey", "-in", path, "-pubout");
        Assert.Equal(publicPem, KeySet.ToPem([TrustedKey.Of(key).Value]));
    }
}
