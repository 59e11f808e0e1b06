namespace EspForge.Build.Tests.Host;

public sealed class FirmwareSourcesTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Theory]
    [InlineData("CMakeLists.txt")]
    [InlineData("cmake/espforge_host.cmake")]
    [InlineData("agent/include/espforge/app.h")]
    [InlineData("agent/src/ef_manifest.c")]
    [InlineData("ports/posix/bootloader/ef_bootloader.c")]
    [InlineData("tools/ef_mkimage.c")]
    [InlineData("apps/factory/main.c")]
    public void The_package_carries_the_agent(string path) => Assert.Contains(path, FirmwareSources.Paths);

    [Fact]
    public void They_unpack_to_a_folder_named_by_their_content()
    {
        var folder = FirmwareSources.Extract(_place.Options.CacheDirectory).Value;
        Assert.Contains(FirmwareSources.Hash[..16], folder, StringComparison.Ordinal);
        foreach (var path in FirmwareSources.Paths)
            Assert.True(File.ReadAllBytes(Path.Combine(folder, path)).AsSpan().SequenceEqual(FirmwareSources.Read(path).Span), path);
        Assert.Equal([folder], Directory.GetFileSystemEntries(_place.Options.CacheDirectory));
        Assert.Equal(folder, FirmwareSources.Extract(_place.Options.CacheDirectory).Value);
    }

    [Fact]
    public void A_folder_that_was_changed_is_replaced()
    {
        var folder = FirmwareSources.Extract(_place.Options.CacheDirectory).Value;
        File.WriteAllText(Path.Combine(folder, "tools/ef_mkimage.c"), "int main(void) { return 0; }");
        File.Delete(Path.Combine(folder, "CMakeLists.txt"));
        File.WriteAllText(Path.Combine(folder, "added.c"), "");
        Assert.Equal(folder, FirmwareSources.Extract(_place.Options.CacheDirectory).Value);
        Assert.False(File.Exists(Path.Combine(folder, "added.c")));
        Assert.True(File.Exists(Path.Combine(folder, "CMakeLists.txt")));
        Assert.Equal([folder], Directory.GetFileSystemEntries(_place.Options.CacheDirectory));
    }

    [Fact]
    public async Task Several_at_once_end_with_one_folder()
    {
        // Once from nothing, then each time from a folder that was changed.
        for (var round = 0; round < 10; round++)
        {
            var folders = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => FirmwareSources.Extract(_place.Options.CacheDirectory))));
            var folder = Assert.Single(folders.Select(outcome => outcome.Value).Distinct(StringComparer.Ordinal));
            Assert.Equal([folder], Directory.GetFileSystemEntries(_place.Options.CacheDirectory));
            await File.WriteAllTextAsync(Path.Combine(folder, "added.c"), "");
        }
    }
}
