using EspForge.Build;

namespace EspForge.Studio.Builds;

/// <summary>What is written to boards by cable, as files under their hash: the same bootloader of a hundred builds is there once.</summary>
internal sealed class FlashParts(DataDirectory data) : IDisposable
{
    public const int MaxParts = 16;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly string _folder = data.Folder("parts");

    /// <summary>
    /// To be held from keeping bytes until the build that names them is in the database, and while what no build names is deleted: a file that an ending build found
    /// here is not taken from under it.
    /// </summary>
    public async Task<IDisposable> HoldAsync(CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel);
        return new Hold(_gate);
    }

    /// <summary>Deletes what is not named, drafts that a killed host left among it. Hold it meanwhile.</summary>
    /// <returns>How many files went.</returns>
    public int DeleteOthers(IReadOnlySet<string> named)
    {
        var gone = 0;
        foreach (var path in Directory.EnumerateFiles(_folder))
        {
            if (named.Contains(Path.GetFileName(path)))
                continue;
            File.Delete(path);
            gone++;
        }

        return gone;
    }

    public void Dispose() => _gate.Dispose();

    /// <summary>Keeps the bytes; they are whole under their name or not there. Hold it meanwhile.</summary>
    public async Task<BuildPartView> SaveAsync(FlashPart part, CancellationToken cancel)
    {
        var sha256 = part.Sha256;
        var path = PathOf(sha256);
        if (!File.Exists(path))
        {
            var draft = $"{path}.{Guid.NewGuid():N}";
            try
            {
                await File.WriteAllBytesAsync(draft, part.Content, cancel);
                File.Move(draft, path, overwrite: true);
            }
            finally
            {
                File.Delete(draft);
            }
        }

        return new BuildPartView(part.Name, part.OffsetBytes, part.Content.Length, sha256);
    }

    public Stream? OpenRead(string sha256)
    {
        try
        {
            return new FileStream(PathOf(sha256), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private string PathOf(string sha256) => Path.Combine(_folder, sha256);

    private sealed class Hold(SemaphoreSlim gate) : IDisposable
    {
        private SemaphoreSlim? _gate = gate;

        public void Dispose() => Interlocked.Exchange(ref _gate, null)?.Release();
    }
}
