using EspForge.Build;

namespace EspForge.Studio.Builds;

/// <summary>What is written to boards by cable, as files under their hash: the same bootloader of a hundred builds is there once.</summary>
internal sealed class FlashParts(DataDirectory data)
{
    public const int MaxParts = 16;
    private readonly string _folder = data.Folder("parts");

    /// <summary>Keeps the bytes; they are whole under their name or not there.</summary>
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
}
