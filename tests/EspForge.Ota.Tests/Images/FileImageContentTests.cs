using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;

namespace EspForge.Ota.Tests.Images;

[UnsupportedOSPlatform("windows")]
public sealed class FileImageContentTests : IDisposable
{
    private static readonly byte[] Bytes = Encoding.UTF8.GetBytes("an image");
    private static readonly string Sha256 = Convert.ToHexStringLower(SHA256.HashData(Bytes));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private FileImageContent Content() => new(_folder.File("images"));

    private string[] Files() => [.. Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(_folder.File("images"), f))];

    [Fact]
    public async Task What_is_saved_is_read_by_its_hash()
    {
        var content = Content();
        Assert.Equal(Sha256, (await content.SaveAsync(new MemoryStream(Bytes), 100)).Value);
        await using var stream = content.OpenRead(Sha256)!;
        Assert.True(stream.CanSeek);
        using var read = new MemoryStream();
        await stream.CopyToAsync(read);
        Assert.Equal(Bytes, read.ToArray());
        var file = Assert.Single(Files());
        Assert.Equal($"{Sha256[..2]}/{Sha256[2..4]}/{Sha256}.bin", file);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.GroupRead, File.GetUnixFileMode(_folder.File("images/" + file)));
    }

    [Fact]
    public async Task The_same_bytes_are_kept_once()
    {
        var content = Content();
        await content.SaveAsync(new MemoryStream(Bytes), 100);
        Assert.Equal(Sha256, (await content.SaveAsync(new MemoryStream(Bytes), 100)).Value);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Content().SaveAsync(new MemoryStream(Bytes), 100)));
        Assert.Single(Files());
    }

    [Fact]
    public async Task A_byte_too_many_is_refused_and_nothing_is_kept()
    {
        Assert.Equal("image-too-large", (await Content().SaveAsync(new MemoryStream(Bytes), Bytes.Length - 1)).Fault?.Code);
        Assert.Empty(Files());
        Assert.True((await Content().SaveAsync(new MemoryStream(Bytes), Bytes.Length)).IsSuccess);
    }

    [Fact]
    public async Task Nothing_is_no_image()
    {
        Assert.Equal("image-empty", (await Content().SaveAsync(Stream.Null, 10)).Fault?.Code);
        Assert.Empty(Files());
    }

    [Fact]
    public async Task An_upload_that_breaks_off_leaves_nothing()
    {
        await Assert.ThrowsAsync<IOException>(() => Content().SaveAsync(new Breaking(), 1_000_000));
        Assert.Empty(Files());
    }

    [Theory]
    [InlineData("")]
    [InlineData("../../etc/passwd")]
    [InlineData("../../../../../../../../../../../../../../../../../../../../../etc/")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void What_is_no_known_hash_is_nothing(string sha256) => Assert.Null(Content().OpenRead(sha256));

    [Fact]
    public async Task What_a_crash_left_behind_goes_after_a_day()
    {
        var content = Content();
        var old = _folder.File("images/incoming/old");
        var fresh = _folder.File("images/incoming/fresh");
        await File.WriteAllTextAsync(old, "x");
        await File.WriteAllTextAsync(fresh, "x");
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddDays(-2));
        await content.SaveAsync(new MemoryStream(Bytes), 100);
        Assert.False(File.Exists(old));
        Assert.True(File.Exists(fresh));
    }

    private sealed class Breaking : MemoryStream
    {
        private int _reads;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            _reads++ == 0 ? ValueTask.FromResult(buffer.Length) : throw new IOException("The connection was cut.");
    }
}
