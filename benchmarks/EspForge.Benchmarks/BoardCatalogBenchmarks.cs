using System.Text;
using BenchmarkDotNet.Attributes;
using EspForge.Boards;
using EspForge.PinRules;
using EspForge.PinRules.Booting;

namespace EspForge.Benchmarks;

/// <summary>What hardware facts cost: the names alone, one board with its chip, a user's board, and the boot theatre.</summary>
[MemoryDiagnoser]
[ShortInProcess]
public class BoardCatalogBenchmarks
{
    private readonly byte[] _mine = Encoding.UTF8.GetBytes("""
        {
          "schemaVersion": 1, "id": "my-c3", "name": "My C3", "vendor": "Me", "chip": "esp32c3", "module": "ESP32-C3-MINI-1",
          "flashBytes": 4194304, "psramBytes": 0, "psramMode": null, "headers": [], "exposedGpios": [4]
        }
        """);

    private readonly string _board = "esp32-s3-devkitc-1";
    private readonly PinPlan _plan = new() { Chip = "esp32", Uses = [new PinUse(12, "sdmmc", "d2"), new PinUse(2, "sdmmc", "d0"), new PinUse(0, "button")] };

    /// <summary>A catalog and its names: nothing is parsed.</summary>
    [Benchmark]
    public bool FreshCatalogNames() => BoardCatalog.Fresh().BoardIds.Contains(_board, StringComparer.Ordinal);

    /// <summary>A catalog and one board: that board and its chip are parsed.</summary>
    [Benchmark]
    public Board? FreshCatalogOneBoard() => BoardCatalog.Fresh().FindBoard(_board);

    /// <summary>All chips and boards parsed.</summary>
    [Benchmark]
    public int FreshCatalogEverything()
    {
        var catalog = BoardCatalog.Fresh();
        return catalog.Chips.Count + catalog.Boards.Count + _board.Length;
    }

    /// <summary>A user's board read against the schema and added.</summary>
    [Benchmark]
    public BoardCatalog UsersBoard() => BoardCatalog.Default.With(BoardReader.Read(_mine).Value).Value;

    /// <summary>Five scenes with their repairs.</summary>
    [Benchmark]
    public int BootTheatreOfAnSdCard() => BootTheatre.Play(_plan).Count(scene => scene.Passes);
}
