import { Histogram } from "prom-client";

export default Histogram;
